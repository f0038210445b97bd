using System.Collections.Immutable;

namespace Recorder.Node.HyperDeck;

/// <summary>What a deck says to a client.</summary>
/// <param name="Text">One message.</param>
/// <param name="Ends">Whether the connection ends after it.</param>
internal readonly record struct DeckReply(string Text, bool Ends = false);

/// <summary>
/// One client's view of a deck: answers each command with exactly one message, and remembers what the client asked for. Does one command at a time.
/// </summary>
internal sealed class DeckSession(IDeck deck)
{
    public const string ProtocolVersion = "1.11";

    private const int LongestName = 200;
    private static readonly TimeSpan LongestWatchdog = TimeSpan.FromDays(1);

    private readonly DeckBlocks _blocks = new(deck);

    // Changes are told by other threads than the one that answers.
    private volatile ImmutableHashSet<string> _notify = [];
    private bool _isRemoteEnabled = true;
    private bool _isRemoteOverridden;

    /// <summary>How long the client may be silent; null for as long as it likes.</summary>
    public TimeSpan? Watchdog { get; private set; }

    /// <summary>What a client is told before it asks.</summary>
    public string Greeting => DeckAnswer.Block(500, "connection info", ("protocol version", ProtocolVersion), ("model", deck.Device.Model));

    /// <summary>What the client is told of changes, of those that it asked for: a message each.</summary>
    public IEnumerable<string> Notifications(DeckChange change)
    {
        if (change.HasFlag(DeckChange.Slot) && _notify.Contains("slot"))
            yield return _blocks.Slot(502);
        if (change.HasFlag(DeckChange.Transport) && _notify.Contains("transport"))
            yield return _blocks.Transport(508);
    }

    public async Task<DeckReply> AnswerAsync(DeckCommand command, CancellationToken cancellationToken)
    {
        if (command.Problem is { } problem)
            return Of(problem) with { Ends = command.IsHopeless };
        if (DeckVocabulary.Find(command.Name) is not { } verb)
            return Of(DeckResult.SyntaxError);
        if (!verb.IsSupported)
            return Of(DeckResult.Unsupported);
        if (verb.ChangesDeck && !(_isRemoteEnabled || _isRemoteOverridden) && !(command.IsQuery && verb.Name == "configuration"))
            return Of(DeckResult.RemoteControlDisabled);

        return command.Name switch
        {
            "help" or "?" => new DeckReply(DeckBlocks.Help()),
            "commands" => new DeckReply(DeckBlocks.Commands()),
            "ping" => Of(DeckResult.Done),
            "device info" => new DeckReply(_blocks.Device()),
            "slot info" => SlotIs(command) is { } wrong ? Of(wrong) : new DeckReply(_blocks.Slot(202)),
            "slot select" => Of(SlotIs(command) ?? Remains(command, "video format", deck.Transport.VideoFormat)),
            "disk list" => SlotIs(command) is { } wrong ? Of(wrong) : new DeckReply(_blocks.DiskList()),
            "transport info" => new DeckReply(_blocks.Transport(208)),
            "clips count" => new DeckReply(DeckAnswer.Block(214, "clips count", ("clip count", DeckAnswer.Text(deck.Clips.Count)))),
            "clips get" => ClipsGet(command),
            "record" => Of(await RecordAsync(command, cancellationToken)),
            "record spill" => Of(SlotIs(command) ?? await deck.SpillAsync(cancellationToken)),
            "stop" => Of(await deck.StopAsync(cancellationToken)),
            "notify" => Notify(command),
            "remote" => Remote(command),
            "configuration" => Configuration(command),
            "uptime" => new DeckReply(DeckAnswer.Block(215, "uptime", ("uptime", DeckAnswer.Text((long)deck.Uptime.TotalSeconds)))),
            "watchdog" => Of(SetWatchdog(command)),
            // There is no light to blink and no output to switch: the client is told that all is well, as it is.
            "identify" or "preview" => Of(ReadFlag(command["enable"]) is null ? DeckResult.InvalidValue : DeckResult.Done),
            "quit" => Of(DeckResult.Done) with { Ends = true },
            _ => Of(DeckResult.Unsupported),
        };
    }

    private static DeckReply Of(DeckResult result) => new(DeckAnswer.Line(result));

    private static bool? ReadFlag(string? value) => value switch { "true" => true, "false" => false, _ => null };

    private static long? ReadNumber(string value) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    // There is one slot.
    private static DeckResult? SlotIs(DeckCommand command) =>
        command["slot id"] is not { } slot ? null : ReadNumber(slot) switch { null => DeckResult.InvalidValue, 1 => null, _ => DeckResult.OutOfRange };

    // Settings can be set to what they are.
    private static DeckResult Remains(DeckCommand command, string parameter, string? present) =>
        command[parameter] is not { } wished || wished.Equals(present, StringComparison.OrdinalIgnoreCase) ? DeckResult.Done : DeckResult.Unsupported;

    private async Task<DeckResult> RecordAsync(DeckCommand command, CancellationToken cancellationToken)
    {
        var name = command["name"];
        var isWrong = name is not null
            && (name.Length is 0 or > LongestName || name.Any(c => char.IsControl(c) || c is '/' or '\\') || name.All(c => c is '.' or ' '));
        return isWrong ? DeckResult.InvalidValue : await deck.RecordAsync(name, cancellationToken);
    }

    private DeckReply ClipsGet(DeckCommand command)
    {
        var numbers = new Dictionary<string, long>();
        foreach (var (name, value) in command.Parameters)
        {
            if (ReadNumber(value) is not { } number)
                return Of(DeckResult.InvalidValue);

            numbers[name] = number;
        }

        var version = numbers.GetValueOrDefault("version", 1);
        if (version is not (1 or 2))
            return Of(DeckResult.InvalidValue);

        var all = deck.Clips;
        if (!numbers.TryGetValue("clip id", out var first))
            return new DeckReply(DeckBlocks.Clips(all, numbers.TryGetValue("count", out var most) ? all.Take((int)Math.Min(most, int.MaxValue)) : null, version == 2));

        var from = all.SkipWhile(clip => clip.Id < first);
        return all.Count > 0 && first <= all[^1].Id && first > 0
            ? new DeckReply(DeckBlocks.Clips(all, from.Take((int)Math.Min(numbers.GetValueOrDefault("count", int.MaxValue), int.MaxValue)), version == 2))
            : Of(DeckResult.OutOfRange);
    }

    private DeckReply Notify(DeckCommand command)
    {
        if (command.IsQuery)
            return new DeckReply(DeckAnswer.Block(209, "notify", DeckVocabulary.Notifications.Select(name => (name, DeckAnswer.Text(_notify.Contains(name))))));
        if (command.Parameters.Values.Any(value => ReadFlag(value) is null))
            return Of(DeckResult.InvalidValue);

        foreach (var (name, value) in command.Parameters)
            _notify = value == "true" ? _notify.Add(name) : _notify.Remove(name);

        return Of(DeckResult.Done);
    }

    private DeckReply Remote(DeckCommand command)
    {
        if (command.IsQuery)
        {
            return new DeckReply(DeckAnswer.Block(
                210, "remote info", ("enabled", DeckAnswer.Text(_isRemoteEnabled)), ("override", DeckAnswer.Text(_isRemoteOverridden))));
        }

        if (command.Parameters.Values.Any(value => ReadFlag(value) is null))
            return Of(DeckResult.InvalidValue);

        _isRemoteEnabled = ReadFlag(command["enable"]) ?? _isRemoteEnabled;
        _isRemoteOverridden = ReadFlag(command["override"]) ?? _isRemoteOverridden;
        return Of(DeckResult.Done);
    }

    private static DeckReply Configuration(DeckCommand command)
    {
        if (command.IsQuery)
            return new DeckReply(DeckAnswer.Block(211, "configuration", DeckBlocks.Configuration));

        var present = DeckBlocks.Configuration.ToDictionary(setting => setting.Name, setting => setting.Value);
        var changes = command.Parameters.Keys.Any(name => Remains(command, name, present.GetValueOrDefault(name)) != DeckResult.Done);
        return Of(changes ? DeckResult.Unsupported : DeckResult.Done);
    }

    private DeckResult SetWatchdog(DeckCommand command)
    {
        if (command["period"] is not { } text || ReadNumber(text) is not { } seconds)
            return DeckResult.InvalidValue;
        if (seconds > LongestWatchdog.TotalSeconds)
            return DeckResult.OutOfRange;

        Watchdog = seconds == 0 ? null : TimeSpan.FromSeconds(seconds);
        return DeckResult.Done;
    }
}
