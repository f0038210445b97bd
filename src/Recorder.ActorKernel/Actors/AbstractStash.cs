namespace Recorder.ActorKernel.Internal;

/// <summary>The stash of one instance of an actor.</summary>
/// <remarks>A capacity of 0 is no limit, as a negative one: only <see cref="IsFull"/> tells them apart.</remarks>
public abstract class AbstractStash : IStash
{
    private readonly ActorCell _cell;
    private readonly LinkedList<Envelope> _kept = [];
    private int _lastStashed = -1;

    /// <summary>A stash.</summary>
    /// <param name="context">The context of the actor.</param>
    /// <param name="capacity">How many messages fit; not positive for any number.</param>
    protected AbstractStash(IActorContext context, int capacity)
    {
        _cell = (ActorCell)context;
        Capacity = capacity;
    }

    /// <inheritdoc/>
    public int Count => _kept.Count;

    /// <inheritdoc/>
    public bool IsEmpty => _kept.Count == 0;

    /// <inheritdoc/>
    public bool NonEmpty => !IsEmpty;

    /// <inheritdoc/>
    public bool IsFull => Capacity >= 0 && _kept.Count >= Capacity;

    /// <inheritdoc/>
    public int Capacity { get; }

    /// <inheritdoc/>
    public void Stash()
    {
        if (_cell.CurrentMessage is not { } message)
        {
            throw new InvalidOperationException(
                "There is no message to stash right now. Stash() must be called inside an actor's Receive methods.");
        }

        if (_lastStashed == _cell.CurrentEnvelopeId)
            throw new IllegalActorStateException($"Can't stash the same message {message} more than once");
        _lastStashed = _cell.CurrentEnvelopeId;
        if (Capacity > 0 && _kept.Count >= Capacity)
            throw new StashOverflowException($"Couldn't enqueue message {message} from {_cell.Sender} to stash of {_cell.Self}");
        _kept.AddLast(new Envelope(message, _cell.Sender));
    }

    /// <inheritdoc/>
    public void Unstash()
    {
        if (_kept.First is not { } first)
            return;
        _kept.RemoveFirst();
        PutBack([first.Value]);
    }

    /// <inheritdoc/>
    public void UnstashAll()
    {
        if (IsEmpty)
            return;
        Envelope[] all = [.. _kept];
        _kept.Clear();
        PutBack(all);
    }

    /// <inheritdoc/>
    public void UnstashAll(Func<Envelope, bool> predicate)
    {
        Envelope[] some = [.. _kept.Where(predicate)];
        _kept.Clear();
        PutBack(some);
    }

    /// <inheritdoc/>
    public IEnumerable<Envelope> ClearStash()
    {
        Envelope[] all = [.. _kept];
        _kept.Clear();
        return all;
    }

    /// <inheritdoc/>
    public void Prepend(IEnumerable<Envelope> envelopes)
    {
        // A message that is kept already is not kept twice: a restart may bring back what the stash still holds.
        foreach (var envelope in envelopes.Reverse())
        {
            if (!_kept.Any(kept => ReferenceEquals(kept.Message, envelope.Message) && Equals(kept.Sender, envelope.Sender)))
                _kept.AddFirst(envelope);
        }
    }

    private void PutBack(Envelope[] envelopes)
    {
        foreach (var envelope in envelopes)
        {
            if (envelope.Message is Terminated terminated)
                _cell.TerminatedQueuedFor(terminated.ActorRef, null);
        }

        _cell.Prepend(envelopes);
    }
}

/// <summary>A stash with a limit.</summary>
/// <param name="context">The context of the actor.</param>
/// <param name="capacity">How many messages fit; not positive for any number.</param>
public class BoundedStashImpl(IActorContext context, int capacity) : AbstractStash(context, capacity);

/// <summary>A stash without a limit.</summary>
/// <param name="context">The context of the actor.</param>
public class UnboundedStashImpl(IActorContext context) : AbstractStash(context, -1);
