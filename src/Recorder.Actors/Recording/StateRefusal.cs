using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Recording;

/// <summary>Refuses commands that do not fit the recorder's state.</summary>
internal static class StateRefusal
{
    public static MediaError WhileRetiring(RecorderId recorder) => Of($"Recorder {recorder} is being shut down and starts no more recordings.");

    public static MediaError WhileRunning(RecorderId recorder, RecorderState state) =>
        Of($"Recorder {recorder} is {state.ToString().ToLowerInvariant()} already: stop it before you start it again.");

    public static MediaError AfterTake(RecorderId recorder, TakeId take) => Of($"Take {take} has ended for recorder {recorder}: arm another one.");

    public static MediaError WhileInactive(ICommand command)
    {
        var verb = command is RequestData ? "request data of it" : $"{command.GetType().Name.ToLowerInvariant()} it";
        return Of($"Recorder {command.Recorder} is inactive: start it before you {verb}.");
    }

    private static MediaError Of(string message) => new(ErrorName.InvalidStateError, message);
}
