using Recorder.Contracts;
using static Recorder.Contracts.TakeProtocol;

namespace Recorder.Actors.Takes;

/// <summary>What a take's actor and its parent tell each other.</summary>
internal static class TakeOrders
{
    /// <summary>Tells a new take who waits for the first answers of its recorders.</summary>
    internal sealed record Introduce(IActorRef Asker);

    /// <summary>A change of the slate.</summary>
    /// <param name="Number">The number in the new scene; null when the scene stays.</param>
    internal sealed record ChangeSlate(Change Change, int? Number);

    /// <summary>The take as it is stored now.</summary>
    internal sealed record Updated(Take Take);

    /// <summary>Another node runs the take from now on: what is under way is finished and stored, and nothing more is begun.</summary>
    internal sealed record Retire;
}
