namespace Recorder.Cluster.Tests.Schedules;

/// <summary>A camera, as the nodes reach it.</summary>
/// <param name="isExclusive">Whether it allows one connection.</param>
/// <param name="evicts">Of an exclusive camera: whether a new connection ends the old one; else it is refused.</param>
/// <param name="hasPreRoll">Whether the holder of its recorder is connected while there is nothing to record.</param>
internal sealed class SimulatedCamera(bool isExclusive, bool evicts, bool hasPreRoll)
{
    private readonly HashSet<SimulatedProcess> _connected = [];

    public bool IsExclusive => isExclusive;

    public bool HasPreRoll => hasPreRoll;

    /// <summary>Whether no node reaches it.</summary>
    public bool IsOff { get; set; }

    /// <summary>How often a node took the connection from another.</summary>
    public int Evictions { get; private set; }

    public HashSet<string> CutFrom { get; } = [];

    public bool Reaches(string node) => !IsOff && !CutFrom.Contains(node);

    public bool Serves(SimulatedProcess process) => _connected.Contains(process) && Reaches(process.Name);

    public bool TryConnect(SimulatedProcess process)
    {
        // The connection of a process that is paused, or whose disk hangs, stays.
        _connected.RemoveWhere(other => !other.IsAlive || !Reaches(other.Name));
        if (!Reaches(process.Name) || (isExclusive && !evicts && _connected.Any(other => other != process)))
            return false;

        if (isExclusive && _connected.RemoveWhere(other => other != process) > 0)
            Evictions++;

        return _connected.Add(process);
    }

    public void Disconnect(SimulatedProcess process) => _connected.Remove(process);
}

/// <summary>A machine: its disk, its links, and the process that runs on it, if one does.</summary>
internal sealed class SimulatedNode(string name, World world)
{
    private static readonly TimeSpan FragmentInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, TimeSpan> _nextFragment = [];
    private readonly Dictionary<string, TimeSpan> _nextConnect = [];
    private readonly HashSet<string> _connected = [];

    public string Name => name;

    public SimulatedDisk Disk { get; set; } = new();

    public SimulatedProcess? Process { get; set; }

    public TimeSpan PausedUntil { get; set; }

    public bool IsDiskHung { get; set; }

    public bool IsDraining { get; set; }

    public bool IsPaused => world.Now < PausedUntil;

    public bool IsRunning => Process is not null && !IsPaused;

    public bool CanStore(string recorder) => IsRunning && !IsDiskHung && world.CameraOf(recorder).Reaches(name);

    /// <summary>Starts a process with what is on the disk.</summary>
    public void StartProcess()
    {
        var start = new StartId(world.Flaw == Flaw.StartId ? 1 : (ulong)world.Random.NextInt64());
        var process = Process = new SimulatedProcess(this, world, start);
        world.After(TimeSpan.FromMilliseconds(world.Random.Next(200)), () => Tick(process));
    }

    /// <summary>Connects to a camera, now and whenever its connection breaks, or closes the connection that it has.</summary>
    /// <returns>Whether the camera serves the process now.</returns>
    public bool KeepConnected(string recorder, SimulatedProcess process, bool isWanted)
    {
        var camera = world.CameraOf(recorder);
        if (!isWanted)
        {
            camera.Disconnect(process);
            _connected.Remove(recorder);
            _nextConnect.Remove(recorder);
            return false;
        }

        if (camera.Serves(process))
            return true;

        if (_connected.Remove(recorder))
        {
            _nextConnect[recorder] = world.Now + ReconnectDelay;
            process.TenureOf(recorder).LoseConnection(world.Now);
        }

        if (world.Now < _nextConnect.GetValueOrDefault(recorder))
            return false;

        _nextConnect[recorder] = world.Now + ReconnectDelay;
        if (!camera.TryConnect(process))
            return false;

        _connected.Add(recorder);
        _nextFragment[recorder] = world.Now + TimeSpan.FromMilliseconds(world.Random.Next(300, 1500));
        return true;
    }

    /// <summary>Stores the next fragment of a camera that is connected, if it is due and the disk takes it.</summary>
    public bool TryStoreFragment(string recorder)
    {
        if (IsDiskHung || world.Now < _nextFragment.GetValueOrDefault(recorder))
            return false;

        _nextFragment[recorder] = world.Now + FragmentInterval;
        return true;
    }

    public string DescribeFormation() =>
        Process is { } process
            ? $"{name} {(process.IsControlPlaneUp ? "up" : "down")} in {process.Formation?.Id.ToString() ?? "none"}, decides {process.Formations.Decide(world.Now)}"
            : $"{name} is down";

    /// <summary>What it has to do with a recorder.</summary>
    public string Describe(string recorder)
    {
        if (Process is not { } process)
            return $"{name} is down";

        var state = process.TenureOf(recorder);
        var members = process.Formation is { } formation ? string.Join("", formation.Members.Select(member => member.Name)) : "no formation";
        return $"{name} {(CanStore(recorder) ? "could" : "cannot")}, in {members}" +
            (process.Formation?.Entities.GetValueOrDefault(recorder) == process ? ", decides" : "") +
            (IsDraining ? ", draining" : "") + (IsPaused ? ", paused" : "") +
            $", holds {state.Held?.ToString() ?? "nothing"}, knows {state.HighestTerm}";
    }

    private void Tick(SimulatedProcess process)
    {
        if (!process.IsAlive)
            return;

        if (!IsPaused)
            process.Tick();

        world.After(World.TickInterval, () => Tick(process));
    }
}
