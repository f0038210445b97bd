using Recorder.Contracts;

namespace Recorder.Actors.Takes;

internal static class TakeRefusal
{
    public static TakeProtocol.Refused State(string message) => new(new MediaError(ErrorName.InvalidStateError, message));

    public static TakeProtocol.Refused NotSupported(string message) => new(new MediaError(ErrorName.NotSupportedError, message));

    public static TakeProtocol.Refused Unknown(TakeId take) => new(
        new MediaError(ErrorName.InvalidStateError, $"There is no take '{take}'; GET /v1/takes lists the takes of this node."), IsUnknown: true);

    public static TakeProtocol.Refused Elsewhere(Take take) => new(
        new MediaError(ErrorName.UnknownError, $"Take {take.Id} is run by node {take.Tenure!.Node} at the moment; try again in a moment."));

    public static TakeProtocol.Refused NotStored(string message) => new(new MediaError(
        ErrorName.UnknownError, $"The take cannot be stored, and nothing was done: {message}"));
}
