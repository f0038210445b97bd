namespace Recorder.Client;

/// <summary>
/// The key of the actor behind which all recorders are: <c>IRequiredActor&lt;Recorders&gt;</c> of Akka.Hosting.
/// <c>WithRecorderClient</c> registers it for recorders on nodes, and Recorder.TestKit supplies one without a network.
/// </summary>
/// <remarks>
/// The actor takes the commands of every recorder, <see cref="Contracts.RecorderProtocol.ICommand"/>. Each is answered with
/// <c>Accepted</c>, <c>Refused</c> or <c>Status</c> as by recorders in the process; a command whose outcome is unknown is answered
/// with Akka's <c>Status.Failure</c> and an <see cref="OutcomeUnknownException"/>. The commands of one recorder are carried out in
/// the order in which they arrive. It takes <see cref="Contracts.EventsProtocol"/> for events as they happen, and
/// <see cref="SubscriptionProtocol"/> for events with positions, which a subscriber acknowledges.
/// </remarks>
public sealed class Recorders
{
    private Recorders()
    {
    }
}
