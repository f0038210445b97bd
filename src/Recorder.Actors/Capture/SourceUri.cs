using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

/// <summary>What sort of thing a source is; decides how it is read and what its loss means.</summary>
public enum SourceKind
{
    /// <summary>Not set.</summary>
    Unknown = 0,

    /// <summary>The built-in pattern.</summary>
    Test = 1,

    /// <summary>A local file.</summary>
    File = 2,

    /// <summary>A camera or server on the network.</summary>
    Network = 3,

    /// <summary>A device of this machine.</summary>
    Device = 4,
}

/// <summary>How fast a file or the test pattern is read.</summary>
public enum SourcePace
{
    /// <summary>Not set; read as <see cref="RealTime"/>.</summary>
    Unknown = 0,

    /// <summary>A second of media a second.</summary>
    RealTime = 1,

    /// <summary>As fast as the slowest recorder takes it.</summary>
    Fast = 2,
}

/// <summary>
/// A capture source as the user names it: <c>test:</c>, a path, <c>rtsp://camera/stream#deadline=2s</c>, <c>v4l2:/dev/video0</c>. Every
/// scheme, option and default is in docs/reference/sources.md. Immutable; equal when <see cref="Key"/> is.
/// </summary>
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
        Masked = Mask(Key);
    }

    /// <summary>The scheme in lower case; <c>file</c> for a plain path.</summary>
    public string Scheme { get; }

    /// <summary>What sort of source it is.</summary>
    public SourceKind Kind { get; }

    /// <summary>
    /// What FFmpeg opens: the full path, the URL without our options but with its own query and credentials, or the device's name.
    /// </summary>
    public string Address { get; }

    /// <summary>Two texts with the same key name the same source, which recorders share. Holds credentials: never log it.</summary>
    public string Key { get; }

    /// <summary>The source for people and logs: user info and secret-looking query values are <c>***</c>.</summary>
    public string Masked { get; }

    /// <summary>Whether it goes on whether or not anybody reads: cameras, devices and the test pattern in real time.</summary>
    public bool IsLive => Kind is SourceKind.Network or SourceKind.Device || (Kind == SourceKind.Test && Pace != SourcePace.Fast);

    /// <summary>A recorder id made from the source: <c>test</c>, <c>clip</c>, <c>camera-stream</c>.</summary>
    public string SuggestedId => SuggestId();

    /// <summary><c>pace=realtime|fast</c>, files and test pattern.</summary>
    public SourcePace Pace => _options.GetValueOrDefault("pace") == "fast" ? SourcePace.Fast : SourcePace.RealTime;

    /// <summary><c>loop</c> (for ever) or <c>loop=3</c>: how often a file is played; null means for ever. Default 1.</summary>
    public int? Plays => !_options.TryGetValue("loop", out var text) ? 1 : text == "on" ? null : int.Parse(text, CultureInfo.InvariantCulture);

    /// <summary><c>deadline=5s</c>: how long nothing may arrive before a live source counts as lost.</summary>
    public TimeSpan Deadline => Time("deadline") ?? TimeSpan.FromSeconds(5);

    /// <summary><c>open=10s</c>: how long one attempt to open a live source may take.</summary>
    public TimeSpan OpenDeadline => Time("open") ?? TimeSpan.FromSeconds(10);

    /// <summary><c>transport=tcp|udp|multicast</c>, RTSP only. Default tcp.</summary>
    public string Transport => _options.GetValueOrDefault("transport", "tcp");

    /// <summary><c>duration=10s</c>: when the test pattern ends; null never.</summary>
    public TimeSpan? Duration => Time("duration");

    /// <summary><c>size=1280x720</c>: of the test pattern, or asked of a device; null leaves it to the device.</summary>
    public (int Width, int Height)? Size => _options.TryGetValue("size", out var text) && SourceOptionText.TryReadSize(text, out var size)
        ? size
        : Kind == SourceKind.Test ? (1280, 720) : null;

    /// <summary><c>rate=25</c> or <c>rate=30000/1001</c>: frames a second; null leaves it to the device.</summary>
    public Rational? Rate => _options.TryGetValue("rate", out var text) && SourceOptionText.TryReadRate(text, out var rate)
        ? rate
        : Kind == SourceKind.Test ? new Rational(25, 1) : null;

    /// <summary><c>tone=440</c>: hertz of the test pattern's sine.</summary>
    public int Tone => Number("tone") ?? 440;

    /// <summary><c>samplerate=48000</c>; null leaves it to the device.</summary>
    public int? SampleRate => Number("samplerate") ?? (Kind == SourceKind.Test ? 48000 : null);

    /// <summary><c>channels=2</c>; null leaves it to the device.</summary>
    public int? Channels => Number("channels") ?? (Kind == SourceKind.Test ? 2 : null);

    /// <summary><c>audio=on|off</c>, test pattern only.</summary>
    public bool HasAudio => _options.GetValueOrDefault("audio") != "off";

    /// <summary><c>video=on|off</c>, test pattern only.</summary>
    public bool HasVideo => _options.GetValueOrDefault("video") != "off";

    /// <summary><c>format=mjpeg</c>: the pixel or codec format asked of a v4l2 device; null leaves it to the device.</summary>
    public string? Format => _options.GetValueOrDefault("format");

    /// <summary><c>offset=100,50</c>: the left upper corner grabbed from an X11 screen.</summary>
    public (int X, int Y) Offset => _options.TryGetValue("offset", out var text) && SourceOptionText.TryReadOffset(text, out var at) ? at : (0, 0);

    /// <summary><c>cursor=on|off</c>: whether the pointer is grabbed from an X11 screen.</summary>
    public bool Cursor => _options.GetValueOrDefault("cursor") != "off";

    /// <summary>Reads a source.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <param name="uri">The source, when true is returned.</param>
    /// <param name="error">One sentence that names what is wrong and the remedy, credentials masked, when false is returned.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out SourceUri? uri, [NotNullWhen(false)] out string? error)
    {
        uri = null;
        if (string.IsNullOrWhiteSpace(text))
        {
            error = "The source is empty: name one, for example test:, clip.mp4 or rtsp://camera/stream.";
            return false;
        }

        var match = SchemePattern().Match(text);
        var scheme = match.Success ? match.Groups[1].Value.ToLowerInvariant() : "file";
        if (!SourceSchemes.TryGet(scheme, out var known))
        {
            error = $"'{Mask(text)}' has the unknown scheme '{scheme}': use {SourceSchemes.Names}, or write ./{Mask(text)} for a file of that name.";
            return false;
        }

        var rest = match.Success ? text[match.Length..] : text;
        if (known.Kind == SourceKind.Network && (!rest.StartsWith("//", StringComparison.Ordinal) || rest.Length == 2))
        {
            error = $"'{Mask(text)}' names no host: write {scheme}://host/path.";
            return false;
        }

        var cut = rest.IndexOf(known.Kind == SourceKind.Network ? '#' : '?', StringComparison.Ordinal);
        var address = cut < 0 ? rest : rest[..cut];
        if (!TryReadOptions(cut < 0 ? "" : rest[(cut + 1)..], known, Mask(text), out var options, out error))
        {
            return false;
        }

        if (known.AddressExample is { } example && address.Length == 0)
        {
            error = $"'{Mask(text)}' names no {known.Thing}: write {example}.";
            return false;
        }

        if (known.Kind == SourceKind.Test && address.Length > 0)
        {
            error = $"'{Mask(text)}' has '{address}' after 'test:': write options after a question mark, for example test:?size=1280x720.";
            return false;
        }

        uri = new SourceUri(scheme, known.Kind, Normalise(scheme, known.Kind, address, plain: !match.Success), options);
        return true;
    }

    /// <summary>Reads a source that is known to be well formed.</summary>
    /// <exception cref="FormatException">It is not; the message is the sentence of <see cref="TryParse"/>.</exception>
    public static SourceUri Parse(string text) => TryParse(text, out var uri, out var error) ? uri : throw new FormatException(error);

    /// <summary>Masks user info and secret-looking query values in any text that holds URLs.</summary>
    public static string Mask(string text) => SecretPattern().Replace(UserInfoPattern().Replace(text, "://***@"), "$1***");

    /// <inheritdoc />
    public bool Equals(SourceUri? other) => other is not null && string.Equals(Key, other.Key, StringComparison.Ordinal);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as SourceUri);

    /// <inheritdoc />
    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);

    /// <summary>The source with credentials masked.</summary>
    public override string ToString() => Masked;

    private static bool TryReadOptions(
        string text, SourceScheme scheme, string masked, out Dictionary<string, string> options, [NotNullWhen(false)] out string? error)
    {
        options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var name = (equals < 0 ? part : part[..equals]).ToLowerInvariant();
            if (!scheme.Options.TryGetValue(name, out var option))
            {
                var hint = scheme.Kind == SourceKind.File ? "; a '?' in a file's name is written file:…%3F…" : "";
                error = scheme.Options.Count == 0
                    ? $"'{masked}' has the unknown option '{name}': {scheme.Thing} takes none."
                    : $"'{masked}' has the unknown option '{name}': a {scheme.Thing} takes {string.Join(", ", scheme.Options.Keys)}{hint}.";
                return false;
            }

            var value = equals < 0 ? option.Flag ?? "" : Uri.UnescapeDataString(part[(equals + 1)..]);
            if (!option.IsValid(value))
            {
                error = $"'{masked}' has {name}={value}: write {option.Remedy}.";
                return false;
            }

            if (!options.TryAdd(name, value))
            {
                error = $"'{masked}' has the option '{name}' twice: write it once.";
                return false;
            }
        }

        if (options.GetValueOrDefault("audio") == "off" && options.GetValueOrDefault("video") == "off")
        {
            error = $"'{masked}' has neither audio nor video: leave one of them on.";
            return false;
        }

        error = null;
        return true;
    }

    private static string Normalise(string scheme, SourceKind kind, string address, bool plain)
    {
        switch (kind)
        {
            case SourceKind.File:
                var path = plain ? address : Uri.UnescapeDataString(address.StartsWith("///", StringComparison.Ordinal) ? address[2..] : address);
                return Path.GetFullPath(path);
            case SourceKind.Network:
                // Host names do not distinguish case; path, query and user info do.
                var end = address.IndexOfAny(['/', '?'], 2);
                var authority = end < 0 ? address : address[..end];
                var host = authority.LastIndexOf('@') + 1;
                return scheme + ":" + authority[..host] + authority[host..].ToLowerInvariant() + address[authority.Length..];
            default:
                return address;
        }
    }

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
            {
                id.Append(allowed ? c : '-');
            }
        }

        var trimmed = id.ToString().TrimStart('.', '-').TrimEnd('-');
        return trimmed.Length == 0 ? "source" : trimmed.Length > 48 ? trimmed[..48] : trimmed;
    }

    private string HostAndPath()
    {
        var rest = Address[(Address.IndexOf("//", StringComparison.Ordinal) + 2)..];
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

    // One letter before the colon is a drive, not a scheme.
    [GeneratedRegex("^([A-Za-z][A-Za-z0-9+.-]+):", RegexOptions.CultureInvariant)]
    private static partial Regex SchemePattern();

    [GeneratedRegex(@"://[^/?#\s]*@", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfoPattern();

    [GeneratedRegex(
        @"((?:^|[?&;])(?:[^=&#\s]*(?:pass|pwd|secret|token|auth|credential|signature|apikey)[^=&#\s]*|user(?:name)?|usr|login|key|sig|streamid)=)[^&#\s]+",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecretPattern();
}
