using Recorder.Cluster.Events;
using Recorder.Cluster.Journals;
using Recorder.Cluster.Registry;
using Recorder.Cluster.Tenures;

namespace Recorder.Cluster.Tests.Schedules;

/// <summary>An entry of a node's journal: one of the three.</summary>
internal sealed record Fact(string Recorder, RegisteredRecorder? Registered = null, TenureReport? Report = null, OrderedEvent? Event = null);

/// <summary>What a node has on its disk, and finds there when its process starts again.</summary>
internal sealed class SimulatedDisk
{
    public const int JournalCapacity = 60;

    /// <summary>Of a backup: the node whose folder it is.</summary>
    public string Owner { get; set; } = "";

    public NodeJournal<Fact> Journal { get; } = new(JournalCapacity);

    public Dictionary<string, NodeJournal<Fact>> Copies { get; } = [];

    public Dictionary<string, RegisteredRecorder> Registry { get; } = [];

    public Dictionary<(string Recorder, Tenure Tenure), TenureReport> Reports { get; } = [];

    public Dictionary<(string Recorder, EventNumber Number), OrderedEvent> Events { get; } = [];

    public IReadOnlyList<Fact> Everything =>
    [
        .. Registry.Select(entry => new Fact(entry.Key, Registered: entry.Value)),
        .. Reports.Select(entry => new Fact(entry.Key.Recorder, Report: entry.Value)),
        .. Events.Select(entry => new Fact(entry.Key.Recorder, Event: entry.Value)),
    ];

    /// <summary>A copy of the folder, as a backup has it.</summary>
    public SimulatedDisk Copy()
    {
        var copy = new SimulatedDisk();
        copy.Journal.CopyFrom(Journal);
        foreach (var (node, journal) in Copies)
            (copy.Copies[node] = new NodeJournal<Fact>(JournalCapacity)).CopyFrom(journal);

        foreach (var (key, value) in Registry)
            copy.Registry.Add(key, value);

        foreach (var (key, value) in Reports)
            copy.Reports.Add(key, value);

        foreach (var (key, value) in Events)
            copy.Events.Add(key, value);

        return copy;
    }
}

/// <summary>A mistake that is planted where the simulation hands something to the deciding code, to see that it is found.</summary>
internal enum Flaw
{
    None = 0,

    /// <summary>A claim does not look at the terms that others reached.</summary>
    Term = 1,

    /// <summary>A holder ends when its successor has claimed, and does not wait until it stores media.</summary>
    Confirmation = 2,

    /// <summary>A process that starts again uses the start id of before.</summary>
    StartId = 3,

    /// <summary>Of two values of the registry the one that arrived last wins.</summary>
    Merge = 4,

    /// <summary>A follower continues by the number alone.</summary>
    JournalPosition = 5,
}
