using Recorder.ActorKernel.Dispatch;
using Recorder.ActorKernel.Dispatch.SysMsg;

namespace Recorder.ActorKernel;

public partial class ActorCell
{
    private ActorTaskScheduler? _taskScheduler;
    private TaskRun? _run;
    private int _runs;

    /// <summary>Runs the pieces of this actor's asynchronous handlers.</summary>
    public virtual ActorTaskScheduler TaskScheduler => _taskScheduler ??= new ActorTaskScheduler(this);

    internal void RunTask(Func<Task> asyncAction)
    {
        var run = new TaskRun(CurrentMessage, Sender);
        _run = run;
        _runs++;
        _mailbox.BeginAwait();
        var task = Task.Factory
            .StartNew(asyncAction, CancellationToken.None, TaskCreationOptions.None, TaskScheduler)
            .Unwrap();
        if (task.IsCompletedSuccessfully)
        {
            EndRun();
            return;
        }

        task.ContinueWith(
            (ended, state) => OnEnded((TaskRun)state!, ended),
            run,
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler);
    }

    private static Exception? Failure(Task task)
    {
        if (task.IsCanceled)
            return new TaskCanceledException(task);
        if (task.Exception is not { } aggregate)
            return null;
        Exception cause = aggregate;
        while (cause is AggregateException { InnerExceptions.Count: 1 } && cause.InnerException is { } inner)
            cause = inner;
        return cause;
    }

    private void OnEnded(TaskRun run, Task task)
    {
        if (run.Abandoned)
        {
            _ = task.Exception; // the instance that started it is gone; nobody is left to fail
            return;
        }

        EndRun();
        if (Failure(task) is { } failure)
        {
            CurrentMessage = run.Message;
            Sender = run.Sender;
            HandleInvokeFailure(failure);
        }
        else
        {
            CurrentMessage = null;
            if (_receiveTimeout is not null)
                CheckReceiveTimeout();
        }
    }

    private void EndRun()
    {
        if (--_runs > 0)
            return;
        _runs = 0;
        _run = null;
        _mailbox.EndAwait();
    }

    private void EndTasks()
    {
        if (_runs == 0)
            return;
        if (_run is not null)
            _run.Abandoned = true;
        _run = null;
        _runs = 0;
        _mailbox.EndAwait();
    }

    private void RunPiece(RunActorTask task)
    {
        if (_run is { } run)
        {
            CurrentMessage = run.Message;
            Sender = run.Sender;
        }

        task.Run();
    }

    private sealed class TaskRun(object? message, IActorRef sender)
    {
        public object? Message { get; } = message;

        public IActorRef Sender { get; } = sender;

        public bool Abandoned { get; set; }
    }
}
