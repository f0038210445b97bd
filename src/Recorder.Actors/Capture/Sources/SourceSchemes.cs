using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Recorder.Actors.Capture;

/// <summary>An option of a source address: the values that errors suggest, and the value of an option that is given by its name alone.</summary>
internal sealed record SourceOption(Func<string, bool> IsValid, string Expected, string? ValueIfOmitted = null);

/// <summary>A kind of source address, with the noun that errors use for it. FFmpeg may use only these protocols and demuxers, also for nested resources.</summary>
internal sealed record SourceScheme(
    SourceKind Kind, string Noun, string? AddressExample, IReadOnlyDictionary<string, SourceOption> Options,
    string? Device = null, string Protocols = "", string Formats = "");

/// <summary>All schemes that can be captured. Others are never opened, such as lavfi and playlists of local files.</summary>
internal static class SourceSchemes
{
    // Containers and elementary streams that contain all their media, so that none refers to other files.
    private const string SelfContained =
        "mov,matroska,webm,mpegts,mpeg,avi,flv,asf,ogg,wav,w64,aiff,au,caf,mp3,aac,flac,ac3,eac3,dts,amr,h264,hevc,m4v,mpegvideo,"
        + "mjpeg,ivf,obu,av1,mxf,nut,gxf,rm,dv,yuv4mpegpipe,wtv,swf,tta,wv,ape,truehd";

    private static readonly SourceOption OnOff = new(v => v is "on" or "off", "on or off");
    private static readonly SourceOption Time = new(
        v => SourceOptionText.TryReadTime(v, out var t) && t >= TimeSpan.FromMilliseconds(100),
        "a time of at least 100ms, for example 500ms, 5s or 2m");

    private static readonly SourceOption Pace = new(v => v is "realtime" or "fast", "realtime or fast");
    // An option of every scheme that may lead to TLS, also by a redirect.
    private static readonly SourceOption Tls = new(v => v is "verify" or "insecure", "verify or insecure");
    private static readonly SourceOption Size = new(
        v => SourceOptionText.TryReadSize(v, out _), "even width x height from 16x16 to 8192x8192, for example 1280x720");

    private static readonly SourceOption Rate = new(
        v => SourceOptionText.TryReadRate(v, out _), "frames a second from 1 to 1000, for example 25 or 30000/1001");

    private static readonly SourceOption DeviceFormat = new(
        IsWord, "a format that 'v4l2-ctl --list-formats' lists, for example mjpeg");

    private static readonly SourceOption Offset = new(v => SourceOptionText.TryReadOffset(v, out _), "x,y, for example 100,50");
    private static readonly SourceOption Transport = new(v => v is "tcp" or "udp" or "multicast", "tcp, udp or multicast");
    private static readonly SourceOption Via = new(v => v == "ffmpeg", "ffmpeg");
    private static readonly SourceOption Loop = new(
        v => v == "on" || IsNumber(v, 1, 1_000_000, 1), "loop for ever, or loop=3 for three times", "on");

    private static readonly SourceOption SampleRate = Number(8000, 192000, 50);
    private static readonly SourceOption Channels = Number(1, 8);

    private static readonly FrozenDictionary<string, SourceScheme> All = Create();

    public static string Names => string.Join(", ", All.Keys.Order(StringComparer.Ordinal).Select(n => n + ":"));

    public static bool TryGet(string name, [NotNullWhen(true)] out SourceScheme? scheme) => All.TryGetValue(name, out scheme);
    public static SourceScheme Of(SourceUri source) => All[source.Scheme];

    private static FrozenDictionary<string, SourceScheme> Create()
    {
        var live = Options(("deadline", Time), ("open", Time));
        var network = Options([.. Pairs(live), ("tracks", Time)]);
        var secure = Options([.. Pairs(network), ("tls", Tls)]);
        var rtsp = Options([.. Pairs(secure), ("transport", Transport), ("via", Via)]);
        var sound = Options([.. Pairs(live), ("samplerate", SampleRate), ("channels", Channels)]);
        SourceScheme Network(IReadOnlyDictionary<string, SourceOption> options, string protocols, string formats) =>
            new(SourceKind.Network, "network source", "scheme://host/path", options, null, protocols, formats);
        var nested = SelfContained + ",hls,webvtt,dash,live_flv,mpjpeg";
        return new Dictionary<string, SourceScheme>(StringComparer.Ordinal)
        {
            ["test"] = new(SourceKind.Test, "test pattern", null, Options(
                ("size", Size), ("rate", Rate), ("tone", Number(1, 20000)), ("samplerate", SampleRate), ("channels", Channels),
                ("audio", OnOff), ("video", OnOff), ("duration", Time), ("pace", Pace))),
            ["file"] = new(
                SourceKind.File, "file", "file:clip.mp4", Options(("pace", Pace), ("loop", Loop)), null, "file", SelfContained),
            ["rtsp"] = Network(rtsp, "rtsp,rtp,srtp,tcp,udp", "rtsp"),
            ["rtsps"] = Network(rtsp, "rtsp,rtsps,rtp,srtp,tcp,udp,tls", "rtsp"),
            ["rtmp"] = Network(network, "rtmp,tcp", "flv,live_flv"),
            ["rtmps"] = Network(secure, "rtmps,rtmp,tcp,tls", "flv,live_flv"),
            ["srt"] = Network(network, "srt", SelfContained),
            ["http"] = Network(secure, "http,https,tcp,tls,crypto", nested),
            ["https"] = Network(secure, "https,tcp,tls,crypto", nested),
            ["udp"] = Network(network, "udp", SelfContained),
            ["tcp"] = Network(network, "tcp", SelfContained),
            ["v4l2"] = new(
                SourceKind.Device, "camera device", "v4l2:/dev/video0",
                Options([.. Pairs(live), ("size", Size), ("rate", Rate), ("format", DeviceFormat)]), "v4l2"),
            ["push"] = new(
                SourceKind.Push, "pushed stream", "push:studio", Options(("deadline", Time)), null, "", "matroska,webm,mov"),
            ["x11"] = new(
                SourceKind.Device, "display", "x11::0.0",
                Options([.. Pairs(live), ("size", Size), ("rate", Rate), ("offset", Offset), ("cursor", OnOff)]), "x11grab"),
            ["alsa"] = new(SourceKind.Device, "sound device", "alsa:default", sound, "alsa"),
            ["pulse"] = new(SourceKind.Device, "sound source", "pulse:default", sound, "pulse"),
        }.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static SourceOption Number(int least, int most, int step = 1) => new(
        v => IsNumber(v, least, most, step),
        step == 1 ? $"a number from {least} to {most}" : $"a multiple of {step} from {least} to {most}");

    private static bool IsNumber(string text, int least, int most, int step) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= least && n <= most && n % step == 0;

    private static bool IsWord(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static Dictionary<string, SourceOption> Options(params (string Name, SourceOption Option)[] options) =>
        options.ToDictionary(o => o.Name, o => o.Option, StringComparer.Ordinal);

    private static IEnumerable<(string, SourceOption)> Pairs(IReadOnlyDictionary<string, SourceOption> options) =>
        options.Select(o => (o.Key, o.Value));
}
