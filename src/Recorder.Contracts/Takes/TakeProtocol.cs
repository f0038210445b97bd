namespace Recorder.Contracts;

/// <summary>
/// The messages of takes. Each request is answered with the <see cref="Take"/> as it is then, or with <see cref="Refused"/>; commands to all
/// recorders with <see cref="Commanded"/>.
/// </summary>
public static class TakeProtocol
{
    /// <summary>A request about one take.</summary>
    public interface IRequest
    {
        /// <summary>The take.</summary>
        TakeId Take { get; }
    }

    /// <summary>One recorder of a take that is to be armed.</summary>
    /// <param name="Recorder">The recorder.</param>
    /// <param name="Camera">What editors call the camera; null for the recorder's id.</param>
    /// <param name="Angle">The angle; null for the next of A, B, ….</param>
    /// <param name="Reel">The reel; null for 1.</param>
    public sealed record AngleRequest(RecorderId Recorder, string? Camera = null, string? Angle = null, string? Reel = null);

    /// <summary>
    /// Makes a take with the next number of its scene, and has its recorders keep their latest media. The answer, within 200 ms, says of each whether it
    /// is ready, or why not.
    /// </summary>
    public sealed record Arm
    {
        /// <summary>The recorders, up to 256, each once.</summary>
        public required IReadOnlyList<AngleRequest> Angles { get; init; }

        /// <summary>Project, scene, shot, template and notes; its number is given by the node.</summary>
        public Slate Slate { get; init => field = value ?? new Slate(); } = new();

        /// <summary>Whether the take begins only when every recorder can.</summary>
        public bool IsStrict { get; init; }

        /// <summary>The rate of the time code: one of <see cref="TimeCodeRate.All"/>.</summary>
        public string Rate { get; init => field = value ?? "25"; } = "25";

        /// <summary>Whether the time code leaves numbers out; only at 29.97 and 59.94.</summary>
        public bool IsDropFrame { get; init; }

        /// <summary>The recorder of the take whose sound has linear time code, to which the take is jam-synced; null for the clock.</summary>
        public RecorderId? TimeCodeRecorder { get; init; }

        /// <summary>Media time per blob.</summary>
        public TimeSpan Timeslice { get; init; } = TimeSpan.FromSeconds(1);

        /// <summary>A recorder is not ready when its volume has room for less.</summary>
        public TimeSpan LeastTimeLeft { get; init; } = TimeSpan.FromMinutes(5);
    }

    /// <summary>Begins the take: each recorder begins with its last key frame at or before one moment.</summary>
    /// <param name="Take">The take.</param>
    /// <param name="At">The moment; null for now. It may be in the past as far as the recorders' media reaches, or up to an hour in the future.</param>
    public sealed record Start(TakeId Take, DateTimeOffset? At = null) : IRequest;

    /// <summary>Ends the take: stops its recorders, or lets those that are only armed go.</summary>
    /// <param name="Take">The take.</param>
    public sealed record Stop(TakeId Take) : IRequest;

    /// <summary>Sends one command to every recorder of the take.</summary>
    /// <param name="Take">The take.</param>
    /// <param name="Verb">What is asked of each.</param>
    public sealed record Command(TakeId Take, TakeVerb Verb) : IRequest;

    /// <summary>Gives a moment of the take a name.</summary>
    /// <param name="Take">The take.</param>
    /// <param name="Name">1 to 200 characters.</param>
    public sealed record Mark(TakeId Take, string Name) : IRequest
    {
        /// <summary>The moment; null for now.</summary>
        public DateTimeOffset? At { get; init; }

        /// <summary>Its colour in the editor; null for the editor's own.</summary>
        public string? Colour { get; init; }

        /// <summary>More about it.</summary>
        public string Note { get; init => field = value ?? ""; } = "";
    }

    /// <summary>Changes the slate; members that are null stay as they are. The take's number does not change.</summary>
    /// <param name="Take">The take.</param>
    public sealed record Change(TakeId Take) : IRequest
    {
        /// <summary>The project.</summary>
        public string? Project { get; init; }

        /// <summary>The scene.</summary>
        public string? Scene { get; init; }

        /// <summary>The shot.</summary>
        public string? Shot { get; init; }

        /// <summary>The template of names.</summary>
        public string? Template { get; init; }

        /// <summary>The notes.</summary>
        public string? Notes { get; init; }

        /// <summary>The rating.</summary>
        public TakeRating? Rating { get; init; }
    }

    /// <summary>Asks for the take.</summary>
    /// <param name="Take">The take.</param>
    public sealed record Get(TakeId Take) : IRequest;

    /// <summary>Asks for the takes of this node, the newest first. Answered with <see cref="Takes"/>.</summary>
    /// <param name="Limit">How many at most.</param>
    public sealed record List(int Limit = 100)
    {
        /// <summary>Only takes that ended after this moment or have not ended; null for all.</summary>
        public DateTimeOffset? From { get; init; }

        /// <summary>Only takes that began before this moment; null for all.</summary>
        public DateTimeOffset? To { get; init; }
    }

    /// <summary>The takes that were asked for.</summary>
    /// <param name="Items">The newest first.</param>
    public sealed record Takes(IReadOnlyList<Take> Items);

    /// <summary>A command was sent to every recorder of a take.</summary>
    /// <param name="Take">The take after it.</param>
    /// <param name="Answers">What each recorder answered, in the order of the angles.</param>
    public sealed record Commanded(Take Take, IReadOnlyList<AngleAnswer> Answers);

    /// <summary>What one recorder answered.</summary>
    /// <param name="Recorder">The recorder.</param>
    /// <param name="State">The state that it reached.</param>
    /// <param name="Error">Why it refused; null when it did not.</param>
    public sealed record AngleAnswer(RecorderId Recorder, RecorderState State, MediaError? Error = null);

    /// <summary>The request was refused and changed nothing.</summary>
    /// <param name="Error">Why.</param>
    /// <param name="IsUnknown">Whether there is no such take.</param>
    public sealed record Refused(MediaError Error, bool IsUnknown = false);
}

/// <summary>A command to all recorders of a take.</summary>
public enum TakeVerb
{
    /// <summary>Not set.</summary>
    Unknown = 0,

    /// <summary><see cref="RecorderProtocol.Pause"/>.</summary>
    Pause = 1,

    /// <summary><see cref="RecorderProtocol.Resume"/>.</summary>
    Resume = 2,

    /// <summary><see cref="RecorderProtocol.Split"/>.</summary>
    Split = 3,

    /// <summary><see cref="RecorderProtocol.RequestData"/>.</summary>
    RequestData = 4,
}
