namespace Recorder.ActorKernel.Testing;

/// <summary>
/// Drives a test actor: runs for each message that it receives, in the test actor's turn, before the message is queued for
/// the test. See <see cref="TestKitBase.SetAutoPilot"/>.
/// </summary>
public abstract class AutoPilot
{
    /// <summary>Reacts to a message.</summary>
    /// <param name="sender">Who sent it.</param>
    /// <param name="message">The message.</param>
    /// <returns>The pilot for the next message: <see cref="KeepRunning"/> for this one again.</returns>
    public abstract AutoPilot Run(IActorRef sender, object message);

    /// <summary>Says: no pilot from now on.</summary>
    public static NoAutoPilot NoAutoPilot => NoAutoPilot.Instance;

    /// <summary>Says: the same pilot again.</summary>
    public static KeepRunning KeepRunning => KeepRunning.Instance;
}

/// <summary>Does nothing.</summary>
public sealed class NoAutoPilot : AutoPilot
{
    /// <summary>The only one.</summary>
    public static NoAutoPilot Instance { get; } = new();

    private NoAutoPilot()
    {
    }

    /// <inheritdoc/>
    public override AutoPilot Run(IActorRef sender, object message) => this;
}

/// <summary>The answer of a pilot that stays on; never a pilot itself.</summary>
public sealed class KeepRunning : AutoPilot
{
    /// <summary>The only one.</summary>
    public static KeepRunning Instance { get; } = new();

    private KeepRunning()
    {
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">Always: it stands for another pilot.</exception>
    public override AutoPilot Run(IActorRef sender, object message) =>
        throw new InvalidOperationException("KeepRunning stands for the pilot that returned it; it cannot be installed.");
}

/// <summary>A pilot made of a function.</summary>
public sealed class DelegateAutoPilot : AutoPilot
{
    private readonly Func<IActorRef, object, AutoPilot> _run;

    /// <summary>Makes a pilot of a function.</summary>
    /// <param name="func">Gets the sender and the message, returns the pilot for the next message.</param>
    public DelegateAutoPilot(Func<IActorRef, object, AutoPilot> func) => _run = func;

    /// <inheritdoc/>
    public override AutoPilot Run(IActorRef sender, object message) => _run(sender, message);
}
