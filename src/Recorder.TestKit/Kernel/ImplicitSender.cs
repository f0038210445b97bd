using Recorder.ActorKernel.Internal;

namespace Recorder.ActorKernel.Testing;

/// <summary>Makes the test actor the sender of what a test tells, on the test's thread and after each of its awaits.</summary>
internal static class ImplicitSender
{
    public static void Install(IActorRef testActor)
    {
        var cell = (ActorCell)((ActorRefWithCell)testActor).Underlying;
        InternalCurrentActorCellKeeper.Current = cell;
        SynchronizationContext.SetSynchronizationContext(new CellKeepingContext(cell, SynchronizationContext.Current));
    }

    public static void Remove()
    {
        InternalCurrentActorCellKeeper.Current = null;
        if (SynchronizationContext.Current is CellKeepingContext context)
            SynchronizationContext.SetSynchronizationContext(context.Before);
    }

    public static void Remove(IActorRef testActor)
    {
        if (InternalCurrentActorCellKeeper.Current is { } cell && testActor.Equals(cell.Self))
            Remove();
    }

    private sealed class CellKeepingContext(ActorCell cell, SynchronizationContext? before) : SynchronizationContext
    {
        /// <summary>What the thread had before this test, never another test's.</summary>
        public SynchronizationContext? Before { get; } = before is CellKeepingContext other ? other.Before : before;

        public override void Post(SendOrPostCallback d, object? state) =>
            ThreadPool.UnsafeQueueUserWorkItem(_ => Run(d, state), null);

        public override void Send(SendOrPostCallback d, object? state) => Run(d, state);

        public override SynchronizationContext CreateCopy() => this;

        private void Run(SendOrPostCallback d, object? state)
        {
            var oldCell = InternalCurrentActorCellKeeper.Current;
            var oldContext = Current;
            InternalCurrentActorCellKeeper.Current = cell;
            SetSynchronizationContext(this);
            try
            {
                d(state);
            }
            finally
            {
                InternalCurrentActorCellKeeper.Current = oldCell;
                SetSynchronizationContext(oldContext);
            }
        }
    }
}
