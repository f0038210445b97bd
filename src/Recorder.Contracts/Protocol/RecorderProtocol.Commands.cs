namespace Recorder.Contracts;

/// <content>The commands, in the imperative.</content>
public static partial class RecorderProtocol
{
    /// <summary>Starts a recording: <c>start(timeslice)</c>.</summary>
    /// <param name="Recorder">The recorder that the command is for.</param>
    /// <param name="Timeslice">Media time per blob; null makes one blob of the whole recording; zero means the recorder's
    /// minimum.</param>
    public sealed record Start(RecorderId Recorder, TimeSpan? Timeslice = null) : ICommand
    {
        /// <summary>
        /// Media time after which the recorder stops by itself, as if it had received <see cref="Stop"/>. Paused time does not
        /// count. Null records until the recorder is stopped or the source ends.
        /// </summary>
        public TimeSpan? Duration { get; init; }

        /// <summary>
        /// How far in the past the recording begins: at the buffered key frame nearest to that moment (see
        /// <see cref="RecorderOptions.PreRoll"/>). Null begins with the next media.
        /// </summary>
        public TimeSpan? PreRoll { get; init; }

        /// <summary>
        /// A moment that the recording must contain: it begins with the buffered key frame at or before that moment, or with the oldest one. Of a
        /// recorder that was armed. Null begins with the next media.
        /// </summary>
        public DateTimeOffset? At { get; init; }

        /// <summary>The take that the recording belongs to; null for none.</summary>
        public TakeId? Take { get; init; }
    }

    /// <summary>
    /// Prepares an inactive recorder for a take: it keeps the latest media of its source, so that it can begin in the past. Without another one it
    /// ends after <see cref="Lease"/>. Answered with <see cref="Armed"/>.
    /// </summary>
    /// <param name="Recorder">The recorder that the command is for.</param>
    /// <param name="Take">The take; a recorder belongs to one at a time.</param>
    public sealed record Arm(RecorderId Recorder, TakeId Take) : ICommand
    {
        /// <summary>How long a recorder stays armed.</summary>
        public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

        /// <summary>How much media an armed recorder keeps whose options ask for less.</summary>
        public static readonly TimeSpan Kept = TimeSpan.FromSeconds(15);
    }

    /// <summary>Ends what <see cref="Arm"/> began: nothing of the take is begun after it. Never refused.</summary>
    /// <param name="Recorder">The recorder that the command is for.</param>
    /// <param name="Take">The take.</param>
    public sealed record Disarm(RecorderId Recorder, TakeId Take) : ICommand;

    /// <summary>Stops the recording: <c>stop()</c>. Never refused; does nothing when the recorder is inactive.</summary>
    /// <param name="Recorder">The recorder that the command is for.</param>
    public sealed record Stop(RecorderId Recorder) : ICommand;

    /// <summary>Pauses the recording: <c>pause()</c>. Media is dropped until <see cref="Resume"/>.</summary>
    /// <param name="Recorder">The recorder that the command is for.</param>
    public sealed record Pause(RecorderId Recorder) : ICommand;

    /// <summary>Resumes a paused recording: <c>resume()</c>. Recording continues into the same blob.</summary>
    /// <param name="Recorder">The recorder that the command is for.</param>
    public sealed record Resume(RecorderId Recorder) : ICommand;

    /// <summary>
    /// Ends the current blob and announces it: <c>requestData()</c>. The blob is empty when nothing was recorded since the last
    /// one.
    /// </summary>
    /// <param name="Recorder">The recorder that the command is for.</param>
    public sealed record RequestData(RecorderId Recorder) : ICommand;

    /// <summary>
    /// Begins a new extent (file), and with it a new blob, at the next key frame. Refused when the target is one file.
    /// </summary>
    /// <param name="Recorder">The recorder that the command is for.</param>
    public sealed record Split(RecorderId Recorder) : ICommand;

    /// <summary>Gives the current moment of the recording a label. A <see cref="Marked"/> event follows the answer.</summary>
    /// <param name="Recorder">The recorder that the command is for.</param>
    /// <param name="Label">The label, 1 to 200 characters.</param>
    public sealed record Mark(RecorderId Recorder, string Label) : ICommand;

    /// <summary>Asks for the recorder's <see cref="Status"/>.</summary>
    /// <param name="Recorder">The recorder that the command is for.</param>
    public sealed record GetStatus(RecorderId Recorder) : ICommand;
}
