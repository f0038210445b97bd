using System.Globalization;

namespace Recorder.Cluster.Tests.Schedules;

/// <summary>A predicate of the cluster does not hold.</summary>
internal sealed class BrokenPredicateException(string message) : Exception(message);

/// <summary>The machines and their cameras in virtual time, and all that happens to them: what does is drawn from a seed.</summary>
internal sealed class World
{
    public static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(200);

    // The longest wait of two formations, and once more because the other may have merged with a third meanwhile.
    private static readonly TimeSpan LongestUntilMerged = TimeSpan.FromSeconds(300);

    // In a cluster that has been whole for this long, the holder of a recorder does not change for as long again, whether its camera is on or off; and a node
    // that drains holds nothing.
    private static readonly TimeSpan SettledAfter = TimeSpan.FromSeconds(60);

    private readonly Timeline _timeline = new();
    private readonly Dictionary<string, SimulatedCamera> _cameras = [];
    private readonly HolderPredicates _holders;
    private readonly CopyPredicate _copies;
    private readonly QuietPredicates _quiet;
    private readonly Queue<string> _notes = new();
    private long _contents;
    private int _ticks;

    public World(int seed, Flaw flaw)
    {
        (Random, Flaw) = (new Random(seed), flaw);
        Nodes = [.. Enumerable.Range(1, Random.Next(2, 6)).Select(number => new SimulatedNode($"n{number}", this))];
        foreach (var recorder in Recorders)
        {
            var isExclusive = Random.Next(3) == 0;
            _cameras[recorder] = new SimulatedCamera(isExclusive, evicts: Random.Next(2) == 0, hasPreRoll: Random.Next(2) == 0);
        }

        Subscribers = [.. Recorders.SelectMany(recorder => new[] { new Subscriber(recorder), new Subscriber(recorder) })];
        (Network, Akka, Users, Trouble, Witness) = (new(this), new(this), new(this), new(this), new(this));
        (_holders, _copies) = (new(this), new(this));
        _quiet = new(this, _holders);
    }

    public Random Random { get; }

    public Flaw Flaw { get; }

    public IReadOnlyList<SimulatedNode> Nodes { get; }

    public IReadOnlyList<string> Recorders { get; } = ["r1", "r2", "r3"];

    public IReadOnlyList<Subscriber> Subscribers { get; }

    public SimulatedNetwork Network { get; }

    public SimulatedAkka Akka { get; }

    public SimulatedUsers Users { get; }

    public Trouble Trouble { get; }

    public Witness Witness { get; }

    public TimeSpan Now => _timeline.Now;

    public TimeSpan LongestGap => _holders.LongestGap;

    public int MostTakenInAMinute => _holders.MostTakenInAMinute;

    public SimulatedCamera CameraOf(string recorder) => _cameras[recorder];

    public T Pick<T>(IReadOnlyList<T> choices) => choices[Random.Next(choices.Count)];

    public string NextContent() => (++_contents).ToString(CultureInfo.InvariantCulture);

    public void After(TimeSpan delay, Action action) => _timeline.After(delay, action);

    /// <summary>Tells the story to its end.</summary>
    public void Run(TimeSpan trouble)
    {
        foreach (var node in Nodes)
            node.StartProcess();

        After(TickInterval, Tick);
        _timeline.RunUntil(TimeSpan.FromSeconds(10));
        foreach (var recorder in Recorders)
            Users.Create(recorder);

        After(TimeSpan.Zero, Trouble.Make);
        _timeline.RunUntil(trouble);
        Trouble.Heal();
        while (!Akka.IsMerged && Now - trouble < LongestUntilMerged)
            _timeline.RunUntil(Now + TimeSpan.FromSeconds(5));

        _timeline.RunUntil(Now + SettledAfter);
        _quiet.NoteHolders();
        _timeline.RunUntil(Now + SettledAfter);
        CheckQuiet();
        _quiet.ForgetHolders();
        var drained = Pick(Nodes);
        drained.IsDraining = true;
        _timeline.RunUntil(Now + SettledAfter);
        CheckQuiet();
        _quiet.CheckDrained(drained);
    }

    /// <summary>Notes what happened, for the message of a predicate that does not hold.</summary>
    public void Note(string what)
    {
        _notes.Enqueue($"{Now.TotalSeconds:0.0} {what}");
        if (_notes.Count > 40)
            _notes.Dequeue();
    }

    /// <summary>Ends the story: a predicate does not hold.</summary>
    public void Break(string what) => throw new BrokenPredicateException($"at {Now.TotalSeconds:0.0} s: {what}\n{string.Join("\n", _notes)}");

    /// <summary>What each node has to do with a recorder.</summary>
    public string Describe(string recorder) => string.Join("; ", Nodes.Select(node => node.Describe(recorder)));

    private void Tick()
    {
        Akka.Tick();
        _holders.Check();
        if (++_ticks % 25 == 0)
            _copies.Check();

        foreach (var subscriber in Subscribers)
            subscriber.Read(this);

        After(TickInterval, Tick);
    }

    private void CheckQuiet()
    {
        _copies.Check();
        _quiet.Check();
    }
}
