using System.Globalization;
using Recorder.FFmpeg;

namespace Recorder.Actors.Capture;

internal sealed class DemuxerInput(Demuxer demuxer, ISourcePermit? permit = null) : IPacketInput
{
    public IReadOnlyList<StreamInfo> Streams => demuxer.Streams;
    public int StreamsVersion => demuxer.StreamsVersion;
    public string FormatName => demuxer.FormatName;
    public TimeSpan? Duration => demuxer.Duration;
    public long? StartTimeRealtimeUs => demuxer.StartTimeRealtimeUs;
    public bool HasEnded => demuxer.HasEnded;
    public TimeSpan? SilentFor => demuxer.SilentFor;
    public Action? OnWaiting { get => demuxer.OnWaiting; set => demuxer.OnWaiting = value; }

    public static DemuxerInput Open(SourceUri source, MediaLimits limits, CancellationToken cancellationToken) =>
        new(Demuxer.Open(OptionsFor(source) with { Limits = limits }, cancellationToken));

    /// <summary>Takes over the permit. Redirects are not followed.</summary>
    public static DemuxerInput Open(SourceUri source, MediaLimits limits, ISourcePermit permit, CancellationToken cancellationToken)
    {
        var options = OptionsFor(source);
        options = options with
        {
            Url = source.Kind == SourceKind.File ? "file:" + permit.Address : permit.Address,
            Options = permit.Options.Concat(options.Options).DistinctBy(option => option.Key).ToDictionary(StringComparer.Ordinal),
            ProtocolWhitelist = options.ProtocolWhitelist is { } list ? string.Join(',', [list, .. permit.Protocols]) : null,
            StaysAtUrl = options.Format == "rtsp",
            Limits = limits,
            // The permitted address may be a port of this node, which must not be shown.
            Name = source.Masked,
        };
        try
        {
            return new DemuxerInput(Demuxer.Open(options, cancellationToken), permit);
        }
        catch (FFmpegException error) when (permit.Explain(error) is var better && better != error)
        {
            throw better;
        }
    }

    public ReadResult Read(PacketBatch into) => demuxer.Read(into);
    public void SeekToStart() => demuxer.SeekToStart();
    public void Cancel() => demuxer.Cancel();

    public void Dispose()
    {
        demuxer.Dispose();
        permit?.Dispose();
    }

    internal static DemuxerOptions OptionsFor(SourceUri source)
    {
        var scheme = SourceSchemes.Of(source);
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        switch (source.Scheme)
        {
            case "rtsp" or "rtsps":
                // TCP by default, because UDP loses packets silently and nearly all cameras support TCP.
                options["rtsp_transport"] = source.Transport == "multicast" ? "udp_multicast" : source.Transport;
                options["allowed_media_types"] = "video+audio";
                break;
            case "udp":
                options["overrun_nonfatal"] = "1";
                options["fifo_size"] = "50000";
                break;
            case "v4l2":
                options["timestamps"] = "abs";
                AddVideoOptions(source, options);
                AddIf(options, "input_format", source.Format);
                break;
            case "x11":
                AddVideoOptions(source, options);
                options["draw_mouse"] = source.Cursor ? "1" : "0";
                options["grab_x"] = source.Offset.X.ToString(CultureInfo.InvariantCulture);
                options["grab_y"] = source.Offset.Y.ToString(CultureInfo.InvariantCulture);
                break;
            case "alsa" or "pulse":
                AddIf(options, "sample_rate", source.SampleRate?.ToString(CultureInfo.InvariantCulture));
                AddIf(options, "channels", source.Channels?.ToString(CultureInfo.InvariantCulture));
                break;
            default:
                break;
        }

        return new DemuxerOptions
        {
            // Without the prefix FFmpeg would take the start of some file names for a protocol.
            Url = source.Kind == SourceKind.File ? "file:" + source.Address : source.Address,
            Format = scheme.Device ?? (source.Scheme is "rtsp" or "rtsps" ? "rtsp" : null),
            Options = options,
            OpenDeadline = source.OpenDeadline,
            StreamWait = source.TracksWait,
            // The source's actor watches the deadline itself; this one only ends reads that the actor has abandoned.
            ReadDeadline = (source.StatedDeadline ?? SourcePatience.Longest) + TimeSpan.FromSeconds(1),
            ProtocolWhitelist = scheme.Device is null ? scheme.Protocols : null,
            FormatWhitelist = scheme.Device ?? scheme.Formats,
            LiveLowLatencyProbe = source.Kind == SourceKind.Network && source.Scheme.StartsWith("rt", StringComparison.Ordinal),
        };
    }

    private static void AddVideoOptions(SourceUri source, Dictionary<string, string> options)
    {
        AddIf(options, "video_size", source.Size is var (width, height) ? $"{width}x{height}" : null);
        AddIf(options, "framerate", source.Rate is { } rate ? $"{rate.Num}/{rate.Den}" : null);
    }

    private static void AddIf(Dictionary<string, string> options, string name, string? value)
    {
        if (value is not null)
            options[name] = value;
    }
}
