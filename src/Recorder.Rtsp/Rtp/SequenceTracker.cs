namespace Recorder.Rtsp.Rtp;

internal enum SequenceVerdict
{
    Unknown = 0,
    /// <summary>It follows the packet before, or comes after a loss.</summary>
    Next = 1,
    /// <summary>It was received before, or is older than what was passed on.</summary>
    Old = 2,
    /// <summary>The sender counts from another number: how many packets are missing is not known.</summary>
    Restart = 3,
}

/// <summary>Follows the sequence numbers of one sender, and knows how many packets are missing.</summary>
internal sealed class SequenceTracker
{
    /// <summary>A step of more than this, forward or back, means that the sender counts anew (RFC 3550, A.1).</summary>
    public const int MostMissing = 3000;

    private const int MostMisordered = 100;

    private long? _last;
    private int _strays;
    private ushort _strayNext;

    /// <summary>The latest number, counted on over its wraps; the first is 65536 or more.</summary>
    public long Last => _last ?? 0;

    public bool IsStarted => _last is not null;
    public long First { get; private set; }
    public long Received { get; private set; }

    /// <summary>Packets that are missing for certain.</summary>
    public long Missing { get; private set; }

    public long Repeated { get; private set; }

    /// <summary>Judges the next packet to be passed on, in the order of passing on.</summary>
    public SequenceVerdict Accept(ushort sequence, out int lost)
    {
        lost = 0;
        if (_last is not { } last)
        {
            Start(sequence);
            return SequenceVerdict.Next;
        }

        var number = Unwrapped.Next(last, sequence);
        if (number > last && number - last <= MostMissing)
        {
            lost = (int)(number - last - 1);
            (_last, _strays) = (number, 0);
            Received++;
            Missing += lost;
            return SequenceVerdict.Next;
        }

        if (number <= last && last - number < MostMisordered)
        {
            Repeated++;
            return SequenceVerdict.Old;
        }

        // One such packet may be a stray; a second one that follows it shows that the sender counts anew.
        if (_strays > 0 && sequence == _strayNext)
        {
            Start(sequence);
            return SequenceVerdict.Restart;
        }

        (_strays, _strayNext) = (1, (ushort)(sequence + 1));
        return SequenceVerdict.Old;
    }

    /// <summary>Another sender, whose numbers have nothing to do with those before.</summary>
    public void Restart() => (_last, _strays) = (null, 0);

    /// <summary>The number of a packet that was not passed on yet.</summary>
    public long NumberOf(ushort sequence) => _last is { } last ? Unwrapped.Next(last, sequence) : 65536 + sequence;

    private void Start(ushort sequence)
    {
        First = 65536 + sequence;
        (_last, _strays) = (First, 0);
        Received++;
    }
}
