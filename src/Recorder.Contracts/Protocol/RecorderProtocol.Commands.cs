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
    }

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
