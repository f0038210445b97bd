namespace Recorder.Rtsp.Sessions;

/// <summary>Something that is read at the same moments as all others.</summary>
internal interface IGridMember
{
    /// <summary>Whether it must be read each <see cref="ReceiveGrid.Finest"/>, because what waits for it may be lost.</summary>
    bool IsUrgent { get; }

    /// <summary>Reads what is there without blocking; returns false when it is over. Must not throw.</summary>
    /// <param name="buffer">Shared by all members: nothing in it outlives the call.</param>
    /// <param name="isOnGrid">Whether this is a moment of the whole grid.</param>
    bool Read(byte[] buffer, bool isOnGrid);

    /// <summary>Passes on what was read, when all members of a moment of the grid have been read: those who wait for it are woken once, and not once
    /// for each member. Must not throw.</summary>
    void Deliver();
}

/// <summary>Reads all plain connections on one thread, each <see cref="Interval"/>: being woken by each packet of each camera costs
/// twenty times as much as that.</summary>
internal sealed class ReceiveGrid : IDisposable
{
    /// <summary>The distance of urgent reads: UDP, and connections that begin or end.</summary>
    public static readonly TimeSpan Finest = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan LongestEnding = TimeSpan.FromSeconds(1.5);

    private const int BufferSize = 256 << 10;

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ManualResetEventSlim _wake = new(initialState: false, spinCount: 0);
    private volatile IGridMember[] _members = [];
    private bool _isRunning;
    private volatile bool _isOver;

    public ReceiveGrid(TimeSpan interval, TimeProvider time) => (Interval, _time) = (interval, time);

    public TimeSpan Interval { get; }

    public int Count => _members.Length;

    public void Add(IGridMember member)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isOver, this);
            _members = [.. _members, member];
            if (!_isRunning)
            {
                _isRunning = true;
                new Thread(Run) { IsBackground = true, Name = "receive" }.Start();
            }
        }

        _wake.Set();
    }

    /// <summary>Makes the thread read at once.</summary>
    public void Wake() => _wake.Set();

    public void Dispose()
    {
        _isOver = true;
        _wake.Set();
    }

    private void Run()
    {
        var buffer = GC.AllocateUninitializedArray<byte>(BufferSize);
        var lastOnGrid = -1L;
        var until = TimeSpan.MaxValue;
        while (true)
        {
            // What is closed at the end is told so, like what was closed before.
            if (_isOver && until == TimeSpan.MaxValue)
                until = _time.GetElapsedTime(0) + LongestEnding;

            var interval = _time.GetElapsedTime(0).Ticks / Interval.Ticks;
            var isOnGrid = interval != lastOnGrid;
            lastOnGrid = interval;
            var isUrgent = false;
            foreach (var member in _members)
            {
                if ((isOnGrid || member.IsUrgent) && !Read(member, buffer, isOnGrid))
                    Remove(member);

                isUrgent |= member.IsUrgent;
            }

            if (isOnGrid)
            {
                // Without those that are over.
                foreach (var member in _members)
                    Deliver(member);
            }

            if (!Continues() || _time.GetElapsedTime(0) > until)
                return;

            // Waits are of whole milliseconds: the rest of one would be waited for in a loop.
            var left = new TimeSpan(Interval.Ticks - (_time.GetElapsedTime(0).Ticks % Interval.Ticks));
            _wake.Wait(isUrgent && left > Finest ? Finest : TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)));
            _wake.Reset();
        }
    }

    // A member must not throw; one that does is over, and the others are read on.
    private static bool Read(IGridMember member, byte[] buffer, bool isOnGrid)
    {
        try
        {
            return member.Read(buffer, isOnGrid);
        }
#pragma warning disable CA1031
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    private void Deliver(IGridMember member)
    {
        try
        {
            member.Deliver();
        }
#pragma warning disable CA1031
        catch (Exception)
#pragma warning restore CA1031
        {
            Remove(member);
        }
    }

    private void Remove(IGridMember member)
    {
        lock (_gate)
            _members = [.. _members.Where(other => other != member)];
    }

    // Without members the thread ends; the next one starts another.
    private bool Continues()
    {
        lock (_gate)
            return _isRunning = _members.Length > 0;
    }
}
