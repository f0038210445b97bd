using Recorder.Rtsp.Sessions;

namespace Recorder.Rtsp.Tests.Sessions;

/// <summary>A session on a grid, as its owner puts it there.</summary>
internal sealed class GridMember(RtspSession session) : IGridMember
{
    private volatile bool _isClosing;
    private volatile bool _isOver;

    public RtspSession Session => session;

    public bool IsUrgent => _isClosing || session.UsesDatagrams;

    public bool IsOver => _isOver;

    public Exception? Error { get; private set; }

    public HashSet<int> Threads { get; } = [];

    public void Close() => _isClosing = true;

    public bool Read(byte[] buffer, bool isOnGrid)
    {
        Threads.Add(Environment.CurrentManagedThreadId);
        if (_isClosing)
            session.BeginClosing();

        var goesOn = false;
        try
        {
            goesOn = session.Read(buffer);
        }
        catch (RtspException error)
        {
            Error = error;
        }

        if (goesOn)
            return true;

        session.Dispose();
        _isOver = true;
        return false;
    }

    public void Deliver()
    {
        // The session has passed on its frames already.
    }
}
