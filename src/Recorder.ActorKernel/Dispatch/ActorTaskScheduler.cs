using Recorder.ActorKernel.Dispatch.SysMsg;

namespace Recorder.ActorKernel.Dispatch;

/// <summary>Runs the pieces of an actor's asynchronous handlers in the actor's turns, so that its state needs no lock.</summary>
public class ActorTaskScheduler : TaskScheduler
{
    private readonly ActorCell _cell;

    internal ActorTaskScheduler(ActorCell actorCell) => _cell = actorCell;

    /// <summary>The message whose handler is running.</summary>
    public object? CurrentMessage => _cell.CurrentMessage;

    /// <summary>One.</summary>
    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Runs an action in the current actor.</summary>
    /// <param name="action">The action.</param>
    public static void RunTask(Action action) => RunTask(() =>
    {
        action();
        return Task.CompletedTask;
    });

    /// <summary>Runs an asynchronous action in the current actor and suspends its mailbox until it ends.</summary>
    /// <param name="asyncAction">The action.</param>
    /// <exception cref="InvalidOperationException">No actor is running on this thread.</exception>
    public static void RunTask(Func<Task> asyncAction)
    {
        var cell = ActorCell.Current ?? throw new InvalidOperationException("RunTask must be called from an actor context.");
        cell.RunTask(asyncAction);
    }

    internal void Execute(Task task) => TryExecuteTask(task);

    /// <inheritdoc/>
    protected override IEnumerable<Task>? GetScheduledTasks() => null;

    /// <inheritdoc/>
    protected override void QueueTask(Task task)
    {
        if ((task.CreationOptions & TaskCreationOptions.LongRunning) != 0)
        {
            new Thread(() => TryExecuteTask(task)) { IsBackground = true }.Start();
            return;
        }

        if (ReferenceEquals(ActorCell.Current, _cell))
            TryExecuteTask(task);
        else
            _cell.SendSystemMessage(new RunActorTask(this, task));
    }

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;
}
