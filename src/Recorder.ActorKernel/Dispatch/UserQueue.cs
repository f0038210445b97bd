using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Recorder.ActorKernel.Dispatch;

/// <summary>
/// The unbounded queue of user messages: many producers, one consumer, slots in linked segments.
/// </summary>
/// <remarks>
/// A producer claims a slot by one atomic add and then fills it; nothing else is atomic, and nothing is allocated while
/// the consumer keeps up, because finished segments are used again. A producer may be so late that the segment it looked
/// at serves another queue by the time it claims: it sees that from <see cref="Segment.Owner"/> and leaves a hole, which
/// the other queue skips.
/// <para>
/// The claim is also what the mailbox's decision to sleep rests on: the consumer first says "asleep" and then reads the
/// claim counter, a producer first claims and then reads "asleep". One of the two sees the other.
/// </para>
/// </remarks>
internal sealed class UserQueue
{
    private const int FirstSize = 16;
    private const int LargestSize = 1024;
    private const int Shut = int.MaxValue / 2;

    private static readonly object Hole = new();
    private static readonly SegmentPool Pool = new();

    private Segment _tail;
    private Segment? _spare;
    private Segment _head;
    private Slot[] _slots;
    private PaddedInt _at;

    public UserQueue()
    {
        _head = _tail = new Segment(FirstSize) { Owner = this, Claimed = 0 };
        _slots = _head.Slots;
    }

    /// <summary>For the consumer: true when nobody has claimed a slot that was not yet consumed.</summary>
    public bool IsEmpty
    {
        get
        {
            if (_at.Value < _slots.Length)
                return Volatile.Read(ref _head.Claimed) <= _at.Value;
            var next = Volatile.Read(ref _head.Next);
            if (next is null)
                return true;
            var claimed = Volatile.Read(ref next.Claimed);
            return claimed == 0 || claimed >= Shut;
        }
    }

    /// <summary>About how many messages wait.</summary>
    public int Count
    {
        get
        {
            var segment = _head;
            var count = -_at.Value;
            while (segment is not null)
            {
                var claimed = Volatile.Read(ref segment.Claimed);
                count += claimed >= Shut ? 0 : Math.Min(claimed, segment.Slots.Length);
                segment = Volatile.Read(ref segment.Next);
            }

            return Math.Max(0, count);
        }
    }

    public void Enqueue(object message, IActorRef? sender)
    {
        while (true)
        {
            var segment = Volatile.Read(ref _tail);
            var slots = segment.Slots;
            var index = Interlocked.Increment(ref segment.Claimed) - 1;
            if ((uint)index < (uint)slots.Length)
            {
                ref var slot = ref slots[index];
                if (ReferenceEquals(segment.Owner, this))
                {
                    slot.Sender = sender;
                    Volatile.Write(ref slot.Message, message);
                    return;
                }

                Volatile.Write(ref slot.Message, Hole);
                continue;
            }

            // One claim of a segment's life is the first that does not fit, and that one appends the next segment, for the
            // segment's owner. Only one can, and until it has, the segment cannot be finished and used again. The others
            // wait for it; a segment that has been used again meanwhile is recognised by its counter.
            if (index == slots.Length)
            {
                segment.Owner!.Grow(segment);
                continue;
            }

            var spin = default(SpinWait);
            while (ReferenceEquals(Volatile.Read(ref _tail), segment) && Volatile.Read(ref segment.Claimed) > slots.Length)
                spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>For the consumer: the next message; false when there is none or its producer has not yet filled the slot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryDequeue(out object message, out IActorRef? sender)
    {
        var slots = _slots;
        var index = _at.Value;
        if ((uint)index < (uint)slots.Length)
        {
            ref var slot = ref slots[index];
            message = Volatile.Read(ref slot.Message)!;
            if (message is not null && !ReferenceEquals(message, Hole))
            {
                sender = slot.Sender;
                slot.Message = null;
                slot.Sender = null;
                _at.Value = index + 1;
                return true;
            }
        }

        return TryDequeueSlowly(out message, out sender);
    }

    private bool TryDequeueSlowly(out object message, out IActorRef? sender)
    {
        while (true)
        {
            if (_at.Value == _slots.Length)
            {
                var next = Volatile.Read(ref _head.Next);
                if (next is null || ReferenceEquals(Volatile.Read(ref _tail), _head))
                    break; // linked but not yet shown: producers still claim in it, so it is not finished
                Retire(_head);
                _head = next;
                _slots = next.Slots;
                _at.Value = 0;
            }

            ref var slot = ref _slots[_at.Value];
            message = Volatile.Read(ref slot.Message)!;
            if (message is null)
                break;
            sender = slot.Sender;
            slot.Message = null;
            slot.Sender = null;
            _at.Value++;
            if (!ReferenceEquals(message, Hole))
                return true;
        }

        message = null!;
        sender = null;
        return false;
    }

    private void Grow(Segment full)
    {
        var fresh = Interlocked.Exchange(ref _spare, null) ?? Pool.Rent(Math.Min(full.Slots.Length * 4, LargestSize));
        fresh.Owner = this;

        // Linked first, opened second, shown last: a late producer that claims between them is in order.
        Volatile.Write(ref full.Next, fresh);
        Volatile.Write(ref fresh.Claimed, 0);
        Volatile.Write(ref _tail, fresh);
    }

    private void Retire(Segment segment)
    {
        Volatile.Write(ref segment.Claimed, Shut);
        segment.Next = null;
        Release(segment);
    }

    private void Release(Segment segment)
    {
        if (Interlocked.CompareExchange(ref _spare, segment, null) is not null)
            Pool.Return(segment);
    }

    /// <summary>The consumer writes this for each message: it must not share a cache line with what producers read.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct PaddedInt
    {
        [FieldOffset(64)]
        public int Value;
    }

    private struct Slot
    {
        public object? Message;
        public IActorRef? Sender;
    }

    private sealed class Segment(int size)
    {
        public readonly Slot[] Slots = new Slot[size];
        public UserQueue? Owner;
        public Segment? Next;
        public int Claimed = Shut;
    }

    /// <summary>Keeps at most a megabyte of the largest segments for whichever queue floods next.</summary>
    private sealed class SegmentPool
    {
        private readonly Segment?[] _kept = new Segment?[64];
        private int _count;
        private int _gate;

        public Segment Rent(int size)
        {
            if (size == LargestSize && Volatile.Read(ref _count) > 0 && Enter())
            {
                var segment = _count > 0 ? _kept[--_count] : null;
                if (segment is not null)
                    _kept[_count] = null;
                Volatile.Write(ref _gate, 0);
                if (segment is not null)
                    return segment;
            }

            return new Segment(size);
        }

        public void Return(Segment segment)
        {
            if (segment.Slots.Length != LargestSize || Volatile.Read(ref _count) == _kept.Length || !Enter())
                return;
            segment.Owner = null;
            if (_count < _kept.Length)
                _kept[_count++] = segment;
            Volatile.Write(ref _gate, 0);
        }

        private bool Enter() => Interlocked.CompareExchange(ref _gate, 1, 0) == 0;
    }
}
