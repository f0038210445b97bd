using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Recording;

/// <summary>Creates the errors with which a recorder refuses a command in its present state (W3C InvalidStateError).</summary>
internal static class RecorderRefusal
{
    public static MediaError WhileInactive(ICommand command) =>
        InvalidState($"Recorder {command.Recorder} is inactive: start it before you {VerbOf(command)}.");

    public static MediaError StartedAlready(RecorderId recorder, RecorderState state) =>
        InvalidState($"Recorder {recorder} is {state.ToString().ToLowerInvariant()} already: stop it before you start it again.");

    public static MediaError ShuttingDown(RecorderId recorder) =>
        InvalidState($"Recorder {recorder} is being shut down and starts no more recordings.");

    private static MediaError InvalidState(string message) => new(ErrorName.InvalidStateError, message);

    private static string VerbOf(ICommand command) =>
        command switch
        {
            Pause => "pause it",
            Resume => "resume it",
            RequestData => "request data of it",
            Split => "split it",
            Mark => "mark it",
            _ => $"send it {command.GetType().Name}",
        };
}
