namespace Recorder.Node.HyperDeck;

/// <summary>A command of the protocol.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parameters">The names of its parameters.</param>
internal sealed record DeckVerb(string Name, params IReadOnlyList<string> Parameters)
{
    /// <summary>False for what a deck with tape or disks does, and this one does not: it is answered with 103.</summary>
    public bool IsSupported { get; init; } = true;

    /// <summary>Whether it does something that <c>remote: enable: false</c> forbids, if it has parameters or takes none.</summary>
    public bool ChangesDeck { get; init; }

    /// <summary>The parameter whose value is the rest of the line, whatever it contains; null for none.</summary>
    public string? RestOfLine { get; init; }
}

/// <summary>The commands that a deck knows.</summary>
internal static class DeckVocabulary
{
    /// <summary>What a client can be told of; changes of the others are sent to nobody, but their flags are kept.</summary>
    public static readonly IReadOnlyList<string> Notifications =
    [
        "transport", "slot", "remote", "configuration", "dropped frames", "display timecode", "timeline position", "playrange", "cache", "dynamic range",
        "slate",
    ];

    public static readonly IReadOnlyList<DeckVerb> All =
    [
        new("help"),
        new("?"),
        new("commands"),
        new("ping"),
        new("device info"),
        new("disk list", "slot id"),
        new("slot info", "slot id"),
        new("slot select", "slot id", "video format") { ChangesDeck = true },
        new("transport info"),
        new("clips count"),
        new("clips get", "clip id", "count", "version"),
        new("record", "name") { ChangesDeck = true, RestOfLine = "name" },
        new("record spill", "slot id") { ChangesDeck = true },
        new("stop") { ChangesDeck = true },
        new("notify", Notifications),
        new("remote", "enable", "override"),
        new("configuration",
            "video input", "audio input", "file format", "audio codec", "timecode input", "timecode output", "timecode preference", "timecode preset",
            "audio input channels", "record trigger", "record prefix", "append timestamp") { ChangesDeck = true },
        new("uptime"),
        new("watchdog", "period"),
        new("identify", "enable"),
        new("preview", "enable") { ChangesDeck = true },
        new("quit"),
        Foreign("play", "speed", "loop", "single clip"),
        Foreign("play on startup", "enable", "single clip"),
        Foreign("play option", "stop mode"),
        Foreign("playrange"),
        Foreign("playrange set", "clip id", "count", "in", "out", "timeline in", "timeline out"),
        Foreign("playrange clear"),
        Foreign("jog", "timecode"),
        Foreign("shuttle", "speed"),
        Foreign("goto", "clip id", "clip", "timeline", "timecode", "slot id"),
        Foreign("clips add", "clip id", "in", "out", "name", "clip"),
        Foreign("clips remove", "clip id"),
        Foreign("clips clear"),
        Foreign("slot unblock", "slot id"),
        Foreign("format", "slot id", "prepare", "confirm"),
        Foreign("dynamic range", "playback override", "record override"),
        Foreign("cache info"),
        Foreign("slate clips"),
        Foreign("slate project"),
        Foreign("nas"),
        Foreign("nas list"),
        Foreign("nas add"),
        Foreign("nas remove"),
        Foreign("nas select"),
        Foreign("reboot"),
    ];

    private static readonly Dictionary<string, DeckVerb> ByName = All.ToDictionary(verb => verb.Name, StringComparer.Ordinal);

    public static DeckVerb? Find(string name) => ByName.GetValueOrDefault(name);

    private static DeckVerb Foreign(string name, params IReadOnlyList<string> parameters) => new(name, parameters) { IsSupported = false };
}
