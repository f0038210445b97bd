using System.Text;

namespace Recorder.Node.HyperDeck;

/// <summary>The blocks that say what a deck is and does.</summary>
internal sealed class DeckBlocks(IDeck deck)
{
    /// <summary>Clients take messages apart as they arrive, and lose a line that is cut. So a list has at most what one Ethernet frame carries, and a
    /// client that wants more asks again from a later clip on.</summary>
    public const int MostBytesOfList = 1400;

    private const string None = "none";
    private const string Slot1 = "1";

    /// <summary>Nothing of it can be changed.</summary>
    public static readonly IReadOnlyList<(string Name, string Value)> Configuration =
    [
        ("audio input", "embedded"),
        ("video input", "SDI"),
        ("file format", "H.264"),
        ("audio codec", "AAC"),
        ("timecode input", "internal"),
        ("timecode output", "timeline"),
        ("timecode preference", "default"),
        ("record trigger", "none"),
        ("append timestamp", "false"),
    ];

    public static string Help() => DeckAnswer.Lines(
        201, "help",
        [
            "Commands of one line, or with a parameter on each line and an empty line at the end",
            .. Supported.Select(verb => verb.Parameters.Count == 0 ? verb.Name : $"{verb.Name}: {string.Join(", ", verb.Parameters)}"),
        ]);

    public static string Commands() => DeckAnswer.Lines(
        212, "commands",
        [
            "<commands>",
            .. Supported.Where(verb => verb.Name != "?").Select(verb =>
                $"<command name=\"{verb.Name}\">{string.Concat(verb.Parameters.Select(name => $"<parameter name=\"{name}\"/>"))}</command>"),
            "</commands>",
        ]);

    public string Device() => DeckAnswer.Block(
        204, "device info",
        ("protocol version", DeckSession.ProtocolVersion), ("model", deck.Device.Model), ("unique id", deck.Device.UniqueId), ("slot count", "1"),
        ("software version", deck.Device.SoftwareVersion));

    public string Slot(int code)
    {
        var slot = deck.Slot;
        return DeckAnswer.Block(
            code, "slot info",
            ("slot id", Slot1), ("slot name", slot.VolumeName), ("status", NameOf(slot.Status)), ("volume name", slot.VolumeName),
            ("recording time", DeckAnswer.Text((long)slot.Left.TotalSeconds)), ("video format", deck.Transport.VideoFormat ?? None), ("blocked", "false"),
            ("remaining size", DeckAnswer.Text(slot.BytesLeft)), ("total size", DeckAnswer.Text(slot.BytesTotal)));
    }

    public string Transport(int code)
    {
        var transport = deck.Transport;
        var format = transport.VideoFormat ?? None;
        return DeckAnswer.Block(
            code, "transport info",
            ("status", NameOf(transport.Status)), ("speed", "0"), ("slot id", Slot1),
            ("clip id", transport.ClipId is { } id ? DeckAnswer.Text(id) : None), ("single clip", "false"),
            ("display timecode", transport.DisplayTimeCode.ToString()), ("timecode", transport.TimeCode.ToString()), ("video format", format),
            ("loop", "false"), ("input video format", format), ("dynamic range", "off"));
    }

    /// <summary>Lists clips.</summary>
    /// <param name="all">All clips.</param>
    /// <param name="wished">Those that are asked for, of which the first are told; null for all, of which the last are told.</param>
    public static string Clips(IReadOnlyList<DeckClip> all, IEnumerable<DeckClip>? wished, bool isVersion2)
    {
        var lines = (wished ?? all.Reverse()).Select(clip => (DeckAnswer.Text(clip.Id), isVersion2
            ? $"{clip.Start} {clip.Duration} {clip.Start} {clip.Start.Add(clip.Duration.Frame)} {clip.Name}"
            : $"{clip.Name} {clip.Start} {clip.Duration}"));
        var fitting = Fitting(lines);
        if (wished is null)
            fitting.Reverse();

        return DeckAnswer.Block(205, "clips info", [("clip count", DeckAnswer.Text(fitting.Count)), .. fitting]);
    }

    /// <summary>The last clips, numbered from 1. The durations have no semicolon, which clients do not read here.</summary>
    public string DiskList()
    {
        var clips = deck.Clips;
        var fitting = Fitting(clips.Select((clip, i) => (
            DeckAnswer.Text(i + 1),
            $"{clip.Name} {CodecOf(clip)} {clip.VideoFormat ?? None} {clip.Duration.ToString().Replace(';', ':')}")).Reverse());
        fitting.Reverse();
        return DeckAnswer.Block(206, "disk list", [("slot id", Slot1), .. fitting]);
    }

    private static IEnumerable<DeckVerb> Supported => DeckVocabulary.All.Where(verb => verb.IsSupported);

    private static string CodecOf(DeckClip clip) =>
        clip.Codec.Length > 0 && clip.Codec.All(char.IsAsciiLetterOrDigit) ? clip.Codec.ToUpperInvariant() : "unknown";

    private static List<(string Name, string Value)> Fitting(IEnumerable<(string Name, string Value)> lines)
    {
        var (fitting, bytes) = (new List<(string, string)>(), 0);
        foreach (var line in lines)
        {
            bytes += line.Name.Length + Encoding.UTF8.GetByteCount(line.Value) + ": \r\n".Length;
            if (bytes > MostBytesOfList)
                break;

            fitting.Add(line);
        }

        return fitting;
    }

    private static string NameOf(DeckStatus status) => status switch
    {
        DeckStatus.Record => "record",
        DeckStatus.Preview => "preview",
        _ => "stopped",
    };

    private static string NameOf(DeckSlotStatus status) => status switch
    {
        DeckSlotStatus.Empty => "empty",
        DeckSlotStatus.Mounting => "mounting",
        DeckSlotStatus.Mounted => "mounted",
        _ => "error",
    };
}
