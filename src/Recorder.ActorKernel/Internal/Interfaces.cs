namespace Recorder.ActorKernel.Internal;

/// <summary>An actor that is told when it has been made completely.</summary>
public interface IInitializableActor
{
    /// <summary>Called after the constructor; may be called again.</summary>
    void Init();
}

/// <summary>The actor that runs on the current thread.</summary>
public static class InternalCurrentActorCellKeeper
{
    /// <summary>Its cell; null when none runs. Test kits set it to have a sender.</summary>
    public static ActorCell? Current
    {
        get => ActorCell.Current;
        set => ActorCell.Exchange(value);
    }
}
