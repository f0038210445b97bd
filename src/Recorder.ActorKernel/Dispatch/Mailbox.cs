using Recorder.ActorKernel.Dispatch.MessageQueues;
using Recorder.ActorKernel.Dispatch.SysMsg;
using Recorder.ActorKernel.Event;

namespace Recorder.ActorKernel.Dispatch;

/// <summary>
/// Holds what an actor has yet to handle and gives it its turns: all system messages first, then at most the dispatcher's
/// throughput of user messages, then the thread goes to others.
/// </summary>
public class Mailbox : IRunnable
{
    private const int Scheduled = 1;
    private const int Closed = 2;
    private const int AwaitingTask = 4;
    private const int SuspendUnit = 8;

    private static readonly NoMessage NoMore = new();

    private readonly UserQueue? _fast;
    private readonly IMessageQueue? _queue;
    private readonly Lock _closing = new();
    private ActorCell _cell = null!;
    private MessageDispatcher _dispatcher = null!;
    private SystemMessage? _system;
    private Stack<Envelope>? _front;
    private int _status;
    private long _turns;

    /// <summary>A mailbox over a queue.</summary>
    /// <param name="messageQueue">The queue; the kernel's own unbounded queue is used directly.</param>
    public Mailbox(IMessageQueue messageQueue)
    {
        if (messageQueue is UnboundedMessageQueue unbounded)
            _fast = unbounded.Queue;
        else
            _queue = messageQueue;
        MessageQueue = messageQueue;
    }

    /// <summary>The queue of user messages.</summary>
    public IMessageQueue MessageQueue { get; }

    /// <summary>The dispatcher that gives the turns.</summary>
    public MessageDispatcher Dispatcher => _dispatcher;

    internal bool IsClosed => (Volatile.Read(ref _status) & Closed) != 0;

    internal bool IsSuspended() => (Volatile.Read(ref _status) & ~(Scheduled | Closed)) != 0;

    internal bool IsScheduled => (Volatile.Read(ref _status) & Scheduled) != 0;

    internal bool HasSystemMessages => Volatile.Read(ref _system) is { } head && !ReferenceEquals(head, NoMore);

    internal long Turns => Volatile.Read(ref _turns);

    internal int NumberOfMessages => (_fast?.Count ?? _queue!.Count) + (_front?.Count ?? 0);

    internal bool HasMessages => _front is { Count: > 0 } || (_fast is not null ? !_fast.IsEmpty : _queue!.HasMessages);

    /// <summary>True when nothing runs, waits, or is awaited: what the idle hook asks for.</summary>
    internal bool IsIdle
    {
        get
        {
            var status = Volatile.Read(ref _status);
            if ((status & Scheduled) != 0)
                return false; // also one that is closed and still hands over what is left
            if ((status & Closed) != 0)
                return true;
            if ((status & AwaitingTask) != 0 || HasSystemMessages)
                return false;
            return (status & ~(Scheduled | Closed)) != 0 || !HasMessages;
        }
    }

    /// <summary>Says whose mailbox this is; once, before the first message.</summary>
    /// <param name="actorCell">The cell.</param>
    public virtual void SetActor(ActorCell actorCell)
    {
        _cell = actorCell;
        _dispatcher = actorCell.Dispatcher;
    }

    /// <summary>Takes a turn.</summary>
    public void Run() => Execute();

    /// <summary>Takes a turn.</summary>
    public void Execute()
    {
        var before = ActorCell.Exchange(_cell);
        var more = false;
        try
        {
            _turns++;
            ProcessSystemMessages();
            more = ProcessUserMessages();
        }
        finally
        {
            ActorCell.Exchange(before);
        }

        if (more)
        {
            _dispatcher.Continue(this);
            return;
        }

        Interlocked.And(ref _status, ~Scheduled);
        ScheduleIfNeeded();
    }

    /// <summary>Gives what is left to dead letters.</summary>
    public virtual void CleanUp()
    {
        var deadLetters = _cell.SystemImpl.DeadLetters;
        var system = Reverse(Interlocked.Exchange(ref _system, NoMore));
        while (system is not null && !ReferenceEquals(system, NoMore))
        {
            var next = system.Next;
            system.Next = null;
            deadLetters.Tell(new DeadLetter(system, _cell.Self, _cell.Self), _cell.Self);
            system = next;
        }

        lock (_closing)
        {
            var spin = default(SpinWait);
            while (true)
            {
                if (TryDequeue(out var message, out var sender))
                {
                    if (message is not DeadLetter)
                        deadLetters.Tell(new DeadLetter(message, sender ?? deadLetters, _cell.Self), sender);
                }
                else if (HasMessages)
                {
                    spin.SpinOnce();
                }
                else
                {
                    return;
                }
            }
        }
    }

    internal void Post(object message, IActorRef? sender)
    {
        if (_fast is not null)
            _fast.Enqueue(message, sender);
        else
            _queue!.Enqueue(_cell.Self, new Envelope(message, sender));
        var status = Volatile.Read(ref _status);
        if (status == 0)
        {
            if (Interlocked.CompareExchange(ref _status, Scheduled, 0) == 0)
                _dispatcher.Begin(this);
        }
        else if ((status & Closed) != 0)
        {
            CleanUp();
        }
    }

    internal bool PostSystem(SystemMessage message)
    {
        var head = Volatile.Read(ref _system);
        while (true)
        {
            if (ReferenceEquals(head, NoMore))
                return false;
            message.Next = head;
            var seen = Interlocked.CompareExchange(ref _system, message, head);
            if (ReferenceEquals(seen, head))
                break;
            head = seen;
        }

        Schedule();
        return true;
    }

    /// <summary>For the actor's own turn: puts messages before all others, the first of them first.</summary>
    internal void Prepend(IReadOnlyList<Envelope> envelopes)
    {
        if (envelopes.Count == 0)
            return;
        _front ??= new Stack<Envelope>();
        for (var i = envelopes.Count - 1; i >= 0; i--)
            _front.Push(envelopes[i]);
        if (!IsScheduled)
            ScheduleIfNeeded();
    }

    internal void Suspend() => Interlocked.Add(ref _status, SuspendUnit);

    internal void Resume()
    {
        var status = Volatile.Read(ref _status);
        while (status >= SuspendUnit)
        {
            var seen = Interlocked.CompareExchange(ref _status, status - SuspendUnit, status);
            if (seen == status)
                break;
            status = seen;
        }

        ScheduleIfNeeded();
    }

    internal void BeginAwait() => Interlocked.Or(ref _status, AwaitingTask);

    internal void EndAwait()
    {
        Interlocked.And(ref _status, ~AwaitingTask);
        ScheduleIfNeeded();
    }

    internal void Close() => Interlocked.Or(ref _status, Closed);

    private static SystemMessage? Reverse(SystemMessage? latestFirst)
    {
        SystemMessage? earliestFirst = null;
        while (latestFirst is not null)
        {
            var next = latestFirst.Next;
            latestFirst.Next = earliestFirst;
            earliestFirst = latestFirst;
            latestFirst = next;
        }

        return earliestFirst;
    }

    private void Schedule()
    {
        var status = Volatile.Read(ref _status);
        while ((status & (Scheduled | Closed)) == 0)
        {
            var seen = Interlocked.CompareExchange(ref _status, status | Scheduled, status);
            if (seen == status)
            {
                _dispatcher.Begin(this);
                return;
            }

            status = seen;
        }
    }

    private void ScheduleIfNeeded()
    {
        if (HasSystemMessages || (Volatile.Read(ref _status) == 0 && HasMessages))
            Schedule();
    }

    private bool TryDequeue(out object message, out IActorRef? sender)
    {
        if (_front is { Count: > 0 })
        {
            var first = _front.Pop();
            message = first.Message;
            sender = first.Sender;
            return true;
        }

        if (_fast is not null)
            return _fast.TryDequeue(out message, out sender);
        if (_queue!.TryDequeue(out var envelope))
        {
            message = envelope.Message;
            sender = envelope.Sender;
            return true;
        }

        message = null!;
        sender = null;
        return false;
    }

    private void ProcessSystemMessages()
    {
        while (Volatile.Read(ref _system) is { } head && !ReferenceEquals(head, NoMore))
        {
            head = Interlocked.Exchange(ref _system, null)!;
            _cell.InvokeAll(Reverse(head));
        }
    }

    /// <returns>True when the turn is used up and the actor should get another.</returns>
    private bool ProcessUserMessages()
    {
        var left = _dispatcher.Throughput;
        while (Volatile.Read(ref _status) == Scheduled)
        {
            if (left-- <= 0)
                return HasMessages;
            if (!TryDequeue(out var message, out var sender))
                return false;
            _cell.Invoke(message, sender);
            if (Volatile.Read(ref _system) is not null)
                ProcessSystemMessages();
        }

        return false;
    }
}
