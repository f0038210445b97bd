namespace Recorder.Cluster.Tests.Schedules;

/// <summary>A camera, as the nodes reach it.</summary>
/// <param name="isExclusive">Whether it allows one connection.</param>
/// <param name="evicts">Of an exclusive camera: whether a new connection ends the old one; else it is refused.</param>
internal sealed class SimulatedCamera(bool isExclusive, bool evicts)
{
    public bool IsExclusive => isExclusive;

    public SimulatedProcess? Connected { get; set; }

    public HashSet<string> CutFrom { get; } = [];

    /// <summary>Whether a process gets media now.</summary>
    public bool Admits(SimulatedProcess process, string recorder)
    {
        if (!isExclusive || Connected == process)
            return true;

        var isTaken = Connected is { } other && other.Node.Process == other && other.TenureOf(recorder).Held is not null && !CutFrom.Contains(other.Name);
        if (isTaken && !evicts)
            return false;

        Connected = process;
        return true;
    }
}

/// <summary>A machine: its disk, its links, and the process that runs on it, if one does.</summary>
internal sealed class SimulatedNode(string name, World world)
{
    private static readonly TimeSpan FragmentInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, TimeSpan> _nextFragment = [];

    public string Name => name;

    public SimulatedDisk Disk { get; set; } = new();

    public SimulatedProcess? Process { get; set; }

    public TimeSpan PausedUntil { get; set; }

    public bool IsDiskHung { get; set; }

    public bool IsDraining { get; set; }

    public bool IsPaused => world.Now < PausedUntil;

    public bool CanStore(string recorder) =>
        Process is not null && !IsPaused && !IsDiskHung && !world.CameraOf(recorder).CutFrom.Contains(name);

    public void Connect(string recorder, TimeSpan now) => _nextFragment[recorder] = now + TimeSpan.FromMilliseconds(world.Random.Next(300, 1500));

    public void Disconnect(string recorder)
    {
        if (world.CameraOf(recorder).Connected == Process)
            world.CameraOf(recorder).Connected = null;
    }

    /// <summary>Stores the next fragment if it is due and there is media.</summary>
    public bool TryStoreFragment(string recorder, SimulatedProcess process)
    {
        if (world.Now < _nextFragment.GetValueOrDefault(recorder))
            return false;

        if (!CanStore(recorder) || !world.CameraOf(recorder).Admits(process, recorder))
        {
            _nextFragment[recorder] = world.Now + ReconnectDelay;
            return false;
        }

        _nextFragment[recorder] = world.Now + FragmentInterval;
        return true;
    }
}

/// <summary>What Akka.Cluster and its sharding do, as far as the deciding code depends on it: at most one entity of a recorder in a formation.</summary>
internal sealed class SimulatedFormation(StartId id)
{
    public StartId Id => id;

    public List<SimulatedProcess> Members { get; } = [];

    public Dictionary<string, SimulatedProcess> Entities { get; } = [];

    /// <summary>Since when the members that now cannot all reach each other cannot; null while they can.</summary>
    public TimeSpan? BrokenSince { get; set; }

    public string Leader => Members.Min(member => member.Name)!;
}
