using Recorder.Rtsp.Sessions;

namespace Recorder.Rtsp.Tests.Sessions;

public sealed class ReceiveGridSpecs
{
    [Fact]
    public void Urgent_members_are_read_between_the_moments_of_the_grid()
    {
        using var grid = new ReceiveGrid(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        var (urgent, other) = (new Member { IsUrgent = true }, new Member());
        grid.Add(urgent);
        grid.Add(other);
        ScriptedCamera.WaitFor(() => urgent.Reads >= 30, "it is not read");
        grid.Dispose();
        ScriptedCamera.WaitFor(() => urgent.Reader is { IsAlive: false }, "the thread goes on");
        other.Reads.ShouldBeLessThan(urgent.Reads);
        // It is read on the grid only.
        other.ReadsOnGrid.ShouldBe(other.Reads);
    }

    [Fact]
    public void Member_that_becomes_urgent_is_read_at_once()
    {
        using var grid = new ReceiveGrid(TimeSpan.FromHours(1), TimeProvider.System);
        var member = new Member();
        grid.Add(member);
        ScriptedCamera.WaitFor(() => member.Reads == 1, "it is not read when it is added");
        (member.IsUrgent, member.IsOver) = (true, true);
        grid.Wake();
        ScriptedCamera.WaitFor(() => grid.Count == 0, "it is not read");
        member.Reads.ShouldBe(2);
    }

    [Fact]
    public void Nothing_is_read_once_the_grid_is_closed()
    {
        var grid = new ReceiveGrid(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        var member = new Member();
        grid.Add(member);
        ScriptedCamera.WaitFor(() => member.Reads > 1, "it is not read");
        grid.Dispose();
        ScriptedCamera.WaitFor(() => member.Reader is { IsAlive: false }, "the thread goes on");
        Should.Throw<ObjectDisposedException>(() => grid.Add(member));
    }

    // The threads that wait for what was read are woken once for all.
    [Fact]
    public void What_was_read_is_delivered_when_all_members_have_been_read()
    {
        var log = new List<string>();
        using var grid = new ReceiveGrid(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        foreach (var name in new[] { "one", "two", "three" })
            grid.Add(new Member { Name = name, Log = log });

        ScriptedCamera.WaitFor(() => CountOf("deliver three") >= 2, "nothing is delivered");
        grid.Dispose();
        lock (log)
            string.Join(", ", log).ShouldContain("read one, read two, read three, deliver one, deliver two, deliver three");

        int CountOf(string entry)
        {
            lock (log)
                return log.Count(said => said == entry);
        }
    }

    private sealed class Member : IGridMember
    {
        private int _reads;
        private volatile bool _isUrgent;
        private volatile bool _isOver;

        public bool IsUrgent
        {
            get => _isUrgent;
            set => _isUrgent = value;
        }

        public bool IsOver
        {
            get => _isOver;
            set => _isOver = value;
        }

        public string Name { get; init; } = "";

        public List<string>? Log { get; init; }

        public int Reads => Volatile.Read(ref _reads);

        public int ReadsOnGrid { get; private set; }

        public Thread? Reader { get; private set; }

        public bool Read(byte[] buffer, bool isOnGrid)
        {
            Reader = Thread.CurrentThread;
            ReadsOnGrid += isOnGrid ? 1 : 0;
            Interlocked.Increment(ref _reads);
            Say("read");
            return !IsOver;
        }

        public void Deliver() => Say("deliver");

        private void Say(string what)
        {
            if (Log is null)
                return;

            lock (Log)
                Log.Add($"{what} {Name}");
        }
    }
}
