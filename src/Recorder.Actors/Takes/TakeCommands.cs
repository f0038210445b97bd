using Recorder.Contracts;
using static Recorder.Contracts.TakeProtocol;

namespace Recorder.Actors.Takes;

/// <summary>Commands to every recorder of a take, and their answers.</summary>
internal static class TakeCommands
{
    public static RecorderProtocol.ICommand Of(TakeVerb command, RecorderId recorder) => command switch
    {
        TakeVerb.Pause => new RecorderProtocol.Pause(recorder),
        TakeVerb.Resume => new RecorderProtocol.Resume(recorder),
        TakeVerb.Split => new RecorderProtocol.Split(recorder),
        _ => new RecorderProtocol.RequestData(recorder),
    };

    public static AngleAnswer AnswerOf(TakeAngle angle, object? answer) => answer switch
    {
        RecorderProtocol.Accepted accepted => new AngleAnswer(angle.Recorder, accepted.State),
        RecorderProtocol.Refused refused => new AngleAnswer(angle.Recorder, refused.State, refused.Error),
        null => new AngleAnswer(angle.Recorder, RecorderState.Unknown, new MediaError(ErrorName.UnknownError, $"Recorder {angle.Recorder} has not answered.")),
        _ => new AngleAnswer(angle.Recorder, RecorderState.Unknown, new MediaError(ErrorName.InvalidStateError, $"There is no recorder '{angle.Recorder}' here.")),
    };

    public static string NameOf(TakeVerb command) =>
        command == TakeVerb.RequestData ? "request data of" : command.ToString().ToLowerInvariant();
}
