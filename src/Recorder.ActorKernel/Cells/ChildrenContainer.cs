using System.Diagnostics;

namespace Recorder.ActorKernel.Internal;

/// <summary>What a parent knows of the failures of a child.</summary>
/// <param name="child">The child.</param>
/// <param name="maxNrOfRetriesCount">How often it was restarted in the window.</param>
/// <param name="restartTimeWindowStartTicks">When the window began, in ticks of a monotonic clock; 0 when it has not.</param>
public class ChildRestartStats(IInternalActorRef child, uint maxNrOfRetriesCount = 0, long restartTimeWindowStartTicks = 0)
{
    /// <summary>The child.</summary>
    public IInternalActorRef Child { get; } = child;

    /// <summary>Its incarnation.</summary>
    public long Uid => Child.Path.Uid;

    /// <summary>How often it was restarted in the window.</summary>
    public uint MaxNrOfRetriesCount { get; private set; } = maxNrOfRetriesCount;

    /// <summary>When the window began, in ticks of a monotonic clock; 0 when it has not.</summary>
    public long RestartTimeWindowStartTicks { get; private set; } = restartTimeWindowStartTicks;

    /// <summary>Counts a restart and says whether it is within the limit.</summary>
    /// <param name="maxNrOfRetries">How many are allowed; 0 for none, negative for any number.</param>
    /// <param name="withinTimeMilliseconds">In which time; not positive for no window.</param>
    /// <returns>Whether the child may be restarted.</returns>
    public bool RequestRestartPermission(int maxNrOfRetries, int withinTimeMilliseconds)
    {
        if (maxNrOfRetries == 0)
            return false;
        if (withinTimeMilliseconds <= 0)
            return maxNrOfRetries < 0 || ++MaxNrOfRetriesCount <= maxNrOfRetries;
        return WithinWindow(Math.Max(1, maxNrOfRetries), withinTimeMilliseconds);
    }

    private bool WithinWindow(int retries, int milliseconds)
    {
        var now = Stopwatch.GetElapsedTime(0).Ticks;
        if (RestartTimeWindowStartTicks == 0)
            RestartTimeWindowStartTicks = now;
        if (now - RestartTimeWindowStartTicks <= milliseconds * TimeSpan.TicksPerMillisecond)
            return ++MaxNrOfRetriesCount <= retries;
        MaxNrOfRetriesCount = 1;
        RestartTimeWindowStartTicks = now;
        return true;
    }
}

/// <summary>Why a parent waits for children to stop.</summary>
internal enum WaitReason
{
    /// <summary>It does not, or only for single children that it stopped.</summary>
    UserRequest = 0,

    /// <summary>It was restarted.</summary>
    Recreation = 1,

    /// <summary>Its creation failed and is tried again.</summary>
    Creation = 2,

    /// <summary>It stops.</summary>
    Termination = 3,
}

/// <summary>The children of an actor. Other threads may look and, for the guardians, add.</summary>
internal sealed class ChildrenContainer
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ChildRestartStats?> _byName = [];
    private readonly HashSet<IActorRef> _dying = [];
    private WaitReason _reason;
    private bool _closed;

    public bool IsTerminating
    {
        get
        {
            lock (_lock)
                return _closed || (_dying.Count > 0 && _reason == WaitReason.Termination);
        }
    }

    public bool IsNormal
    {
        get
        {
            lock (_lock)
                return !_closed && (_dying.Count == 0 || _reason == WaitReason.UserRequest);
        }
    }

    public bool IsWaitingForChildren
    {
        get
        {
            lock (_lock)
                return _dying.Count > 0 && _reason is WaitReason.Recreation or WaitReason.Creation;
        }
    }

    public IReadOnlyList<ChildRestartStats> Stats
    {
        get
        {
            lock (_lock)
                return [.. _byName.Values.OfType<ChildRestartStats>()];
        }
    }

    public void Reserve(string name)
    {
        lock (_lock)
        {
            if (_closed || (_dying.Count > 0 && _reason == WaitReason.Termination))
                throw new InvalidOperationException($"Cannot reserve actor name '{name}': terminating or terminated");
            if (!_byName.TryAdd(name, null))
                throw new InvalidActorNameException($"Actor name \"{name}\" is not unique!");
        }
    }

    public void Unreserve(string name)
    {
        lock (_lock)
        {
            if (_byName.TryGetValue(name, out var stats) && stats is null)
                _byName.Remove(name);
        }
    }

    public void Add(IInternalActorRef child)
    {
        lock (_lock)
            _byName[child.Path.Name] = new ChildRestartStats(child);
    }

    public IInternalActorRef? Find(string name)
    {
        lock (_lock)
            return _byName.TryGetValue(name, out var stats) ? stats?.Child : null;
    }

    public bool Contains(IActorRef child) => Find(child) is not null;

    public ChildRestartStats? Find(IActorRef child)
    {
        lock (_lock)
            return _byName.TryGetValue(child.Path.Name, out var stats) && stats is not null && stats.Child.Equals(child) ? stats : null;
    }

    public void ShallDie(IActorRef child)
    {
        lock (_lock)
        {
            if (_dying.Count == 0)
                _reason = WaitReason.UserRequest;
            _dying.Add(child);
        }
    }

    /// <summary>Says why the parent waits for the dying children.</summary>
    /// <returns>False when there are none to wait for.</returns>
    public bool WaitFor(WaitReason reason)
    {
        lock (_lock)
        {
            if (_dying.Count == 0)
                return false;
            _reason = reason;
            return true;
        }
    }

    /// <summary>Removes a child that has stopped.</summary>
    /// <returns>What the parent was waiting for, when this was the last that it waited for.</returns>
    public WaitReason? Remove(IActorRef child)
    {
        lock (_lock)
        {
            _byName.Remove(child.Path.Name);
            if (!_dying.Remove(child) || _dying.Count > 0)
                return null;
            if (_reason == WaitReason.Termination)
                _closed = true;
            return _reason;
        }
    }

    public void Close()
    {
        lock (_lock)
            _closed = true;
    }
}
