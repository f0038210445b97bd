using Recorder.Actors;
using Recorder.Node.Security;

namespace Recorder.Node.Api;

/// <summary>Asks for takes on behalf of endpoints. Refusals and timeouts become problems.</summary>
internal sealed class TakeClient(NodeRuntime node)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public Task<IReadOnlyList<Take>> ListAsync(int limit, Access access) => ListAsync(new TakeProtocol.List(limit), access);

    public async Task<IReadOnlyList<Take>> ListAsync(TakeProtocol.List list, Access access) =>
        [.. (await AskAsync<TakeProtocol.Takes>(list)).Items.Where(take => take.Angles.All(angle => access.MaySee(angle.Recorder)))];

    public Task<Take> ArmAsync(TakeProtocol.Arm arm, Access access)
    {
        foreach (var angle in arm.Angles)
            Check(angle.Recorder, access);

        return AskAsync<Take>(arm);
    }

    /// <summary>Sends a request about one take, if the caller may see all of its recorders.</summary>
    public async Task<T> SendAsync<T>(TakeProtocol.IRequest request, Access access)
    {
        var take = await AskAsync<Take>(new TakeProtocol.Get(request.Take));
        foreach (var angle in take.Angles)
            Check(angle.Recorder, access);

        return request is TakeProtocol.Get && take is T same ? same : await AskAsync<T>(request);
    }

    public static TakeId ReadId(string text) => TakeId.TryParse(text, out var id)
        ? id
        : throw new ProblemException(Problem.NotFound($"'{text[..Math.Min(text.Length, 60)]}' is not the id of a take; GET /v1/takes lists the takes."));

    private static void Check(RecorderId recorder, Access access)
    {
        if (!access.MaySee(recorder))
            throw new ProblemException(Problem.Forbidden($"Your key is not for the recorder '{recorder}'."));
    }

    private async Task<T> AskAsync<T>(object message)
    {
        try
        {
            return await node.Takes.Ask<object>(message, Patience) switch
            {
                T answer => answer,
                TakeProtocol.Refused refused => throw new ProblemException(ProblemOf(refused)),
                var other => throw new InvalidOperationException($"Takes answered {message.GetType().Name} with {other.GetType().Name}."),
            };
        }
        catch (AskTimeoutException)
        {
            throw new ProblemException(Problem.Unavailable(
                $"The take gave no answer in {Patience.TotalSeconds} s; it may still do what was asked. Look at its state."));
        }
    }

    private static Problem ProblemOf(TakeProtocol.Refused refused) => refused switch
    {
        { IsUnknown: true } => Problem.NotFound(refused.Error.Message),
        { Error.Name: ErrorName.NotSupportedError } => Problem.NotSupported(refused.Error.Message),
        { Error.Name: ErrorName.InvalidStateError } => Problem.InvalidState(refused.Error.Message),
        _ => Problem.Unavailable(refused.Error.Message),
    };
}
