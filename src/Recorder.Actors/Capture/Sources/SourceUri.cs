using System.Globalization;
using System.Text;
using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>A capture source as the user names it: <c>test:</c>, a path, <c>rtsp://camera/stream#deadline=2s</c>,
/// <c>v4l2:/dev/video0</c>. Every scheme, option and default is in docs/reference/sources.md. Immutable; two are equal if their
/// <see cref="Key"/> is.</summary>
public sealed partial class SourceUri : IEquatable<SourceUri>
{
    private readonly IReadOnlyDictionary<string, string> _options;

    private SourceUri(string scheme, SourceKind kind, string address, IReadOnlyDictionary<string, string> options)
    {
        Scheme = scheme;
        Kind = kind;
        Address = address;
        _options = options;
        var separator = kind == SourceKind.Network ? '#' : '?';
        var text = string.Join('&', options.OrderBy(o => o.Key, StringComparer.Ordinal).Select(o => $"{o.Key}={o.Value}"));
        var prefix = kind == SourceKind.Network ? "" : scheme + ":";
        Key = text.Length == 0 ? prefix + address : $"{prefix}{address}{separator}{text}";
        Masked = Credentials.Mask(Key);
    }

    /// <summary>The scheme in lower case; <c>file</c> for a plain path.</summary>
    public string Scheme { get; }

    internal SourceKind Kind { get; }

    /// <summary>The address that FFmpeg opens: the full path, the URL with its own query and credentials but without options of
    /// this program, or the device's name.</summary>
    public string Address { get; }

    /// <summary>Identifies the source; recorders with the same key share it. Has credentials: never log it.</summary>
    public string Key { get; }

    /// <summary>The source for users and logs, with <c>***</c> for user info and parameters that look secret.</summary>
    public string Masked { get; }

    /// <summary>Whether it continues if nothing reads it: cameras, devices and the test pattern in real time.</summary>
    public bool IsLive => Kind is SourceKind.Network or SourceKind.Device or SourceKind.Push || (Kind == SourceKind.Test && Pace != SourcePace.Fast);

    /// <summary>A recorder id made from the source: <c>test</c>, <c>clip</c>, <c>camera-stream</c>.</summary>
    public string SuggestedId => SuggestId();

    internal SourcePace Pace => _options.GetValueOrDefault("pace") == "fast" ? SourcePace.Fast : SourcePace.RealTime;

    /// <summary>Whether reading waits for subscribers: fast files, and pushed streams, which may be sent too fast.</summary>
    internal bool WaitsForSubscribers => Pace == SourcePace.Fast || Kind == SourceKind.Push;

    /// <summary>How often a file is played; null for ever.</summary>
    internal int? Plays => !_options.TryGetValue("loop", out var text) ? 1 : text == "on" ? null : int.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>How long a live source may send nothing; null leaves it to <see cref="SourcePatience"/>.</summary>
    internal TimeSpan? StatedDeadline => Time("deadline");

    internal TimeSpan OpenDeadline => Time("open") ?? TimeSpan.FromSeconds(10);

    /// <summary>How long to wait for announced tracks of a network source that have sent nothing.</summary>
    internal TimeSpan TracksWait => Kind == SourceKind.Network ? Time("tracks") ?? TimeSpan.FromSeconds(4) : TimeSpan.Zero;

    /// <summary>Null leaves the choice to the client: TCP, or UDP if the camera refuses that.</summary>
    internal string? StatedTransport => _options.GetValueOrDefault("transport");

    internal string Transport => _options.GetValueOrDefault("transport", "tcp");

    /// <summary>Whether the node's own RTSP client receives it. FFmpeg's can be asked for with <c>via=ffmpeg</c>, for one release.</summary>
    internal bool UsesOwnRtsp => Scheme is "rtsp" or "rtsps" && !_options.ContainsKey("via");
    internal bool VerifiesTls => _options.GetValueOrDefault("tls") != "insecure";
    internal TimeSpan? Duration => Time("duration");

    // Where a value is null, the device decides.
    internal (int Width, int Height)? Size => _options.TryGetValue("size", out var text) && SourceOptionText.TryReadSize(text, out var size)
        ? size
        : Kind == SourceKind.Test ? (1280, 720) : null;

    internal Rational? Rate => _options.TryGetValue("rate", out var text) && SourceOptionText.TryReadRate(text, out var rate)
        ? rate
        : Kind == SourceKind.Test ? new Rational(25, 1) : null;

    internal int Tone => Number("tone") ?? 440;
    internal int? SampleRate => Number("samplerate") ?? (Kind == SourceKind.Test ? 48000 : null);
    internal int? Channels => Number("channels") ?? (Kind == SourceKind.Test ? 2 : null);
    internal bool HasAudio => _options.GetValueOrDefault("audio") != "off";
    internal bool HasVideo => _options.GetValueOrDefault("video") != "off";
    internal string? Format => _options.GetValueOrDefault("format");
    internal (int X, int Y) Offset => _options.TryGetValue("offset", out var text) && SourceOptionText.TryReadOffset(text, out var at) ? at : (0, 0);
    internal bool Cursor => _options.GetValueOrDefault("cursor") != "off";

    /// <inheritdoc />
    public bool Equals(SourceUri? other) => other is not null && string.Equals(Key, other.Key, StringComparison.Ordinal);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as SourceUri);

    /// <inheritdoc />
    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);

    /// <summary>The source with credentials masked.</summary>
    public override string ToString() => Masked;

    private string SuggestId()
    {
        var text = Kind switch
        {
            SourceKind.Test => "test",
            SourceKind.File => Path.GetFileNameWithoutExtension(Address),
            SourceKind.Network => HostAndPath(),
            _ => Scheme == "v4l2" ? Path.GetFileName(Address) : Scheme + "-" + Address,
        };
        var id = new StringBuilder();
        foreach (var c in text)
        {
            var allowed = char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-';
            if (allowed || (id.Length > 0 && id[^1] != '-'))
                id.Append(allowed ? c : '-');
        }

        var trimmed = id.ToString().TrimStart('.', '-').TrimEnd('-');
        return trimmed.Length == 0 ? "source" : trimmed.Length > 48 ? trimmed[..48] : trimmed;
    }

    // Masks before it splits, because only the mask knows where user info ends.
    private string HostAndPath()
    {
        var url = Credentials.Mask(Address);
        var rest = url[(url.IndexOf("//", StringComparison.Ordinal) + 2)..];
        var query = rest.IndexOf('?', StringComparison.Ordinal);
        rest = query < 0 ? rest : rest[..query];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var authority = slash < 0 ? rest : rest[..slash];
        var host = authority[(authority.LastIndexOf('@') + 1)..];
        var port = host.LastIndexOf(':');
        host = port > host.LastIndexOf(']') ? host[..port] : host;
        return slash < 0 ? host : host + rest[slash..];
    }

    private TimeSpan? Time(string name) =>
        _options.TryGetValue(name, out var text) && SourceOptionText.TryReadTime(text, out var time) ? time : null;

    private int? Number(string name) =>
        _options.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
