using Xunit.Sdk;

namespace Recorder.Testing.Tests;

/// <summary>What the kit's own specs share: an actor that says what it is told, and the text of a failure.</summary>
public abstract class KitSpec : TestKit
{
    protected static readonly TimeSpan Short = TimeSpan.FromMilliseconds(40);

    protected KitSpec(string config = "")
        : base(ConfigurationFactory.ParseString("akka.stdout-loglevel = OFF\n" + config))
    {
    }

    protected static string FailureOf(Action action) => Should.Throw<XunitException>(action).Message;

    protected static async Task<string> FailureOfAsync(Func<Task> action) =>
        (await Should.ThrowAsync<XunitException>(action)).Message;

    /// <summary>Puts messages into the test actor's queue, from nobody, and waits until they are there.</summary>
    protected void Come(params object[] messages) => Come(this, messages);

    protected static void Come(TestKitBase kit, params object[] messages)
    {
        foreach (var message in messages)
            kit.TestActor.Tell(message, ActorRefs.NoSender);
        if (messages.Length > 0)
            kit.PeekOne().ShouldNotBeNull();
    }

    protected sealed class Echo : ReceiveActor
    {
        public Echo() => ReceiveAny(message => Sender.Tell(message));
    }
}
