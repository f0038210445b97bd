using Recorder.Actors.Capture;
using Recorder.Media.Codecs;
using Recorder.Media.Mp4;

namespace Recorder.Node.Media;

/// <summary>One track of a viewer's stream. Video passes through. Audio that browsers do not play from MP4 is encoded to AAC, and
/// missing audio is replaced by silence: a player waits for audio that the header announces, and drops frames where audio has
/// gaps.</summary>
internal sealed class LiveFeed : IDisposable
{
    public static readonly IReadOnlySet<string> PlayedVideo = new HashSet<string>(["h264", "hevc", "av1", "vp9"], StringComparer.Ordinal);

    // Silence begins after the shorter time if the track never had audio, and else after the longer one, because audio may lag
    // behind video.
    private static readonly TimeSpan Unheard = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // A longer gap means that the source was interrupted; the timeline continues without it.
    private static readonly TimeSpan LongestHole = TimeSpan.FromSeconds(10);

    // How far silence stays behind the video.
    private static readonly TimeSpan Lag = TimeSpan.FromMilliseconds(300);

    private const long AacBitRate = 64_000;

    private readonly ITranscoder? _transcoder;
    private readonly SilentSound? _silence;
    private TimeSpan _end;
    private bool _isSilent = true;
    private bool _wasHeard;

    public LiveFeed(SourceTrack source, int index, TimeSpan begin, IMediaCodecs codecs)
    {
        (Source, Index, _end) = (source, index, begin);
        if (!IsVideo)
        {
            _silence = SilenceOf(source.Parameters);
            if (_silence is null)
            {
                _transcoder = codecs.OpenAudio(
                    source.Parameters, source.TimeBase, new AudioEncoding { Codec = "aac", BitsPerSecond = AacBitRate * Math.Max(1, source.Parameters.Channels), GlobalHeader = true });
                _silence = SilenceOf(_transcoder.Output);
            }
        }
    }

    public SourceTrack Source { get; private set; }
    public int Index { get; }
    public bool IsVideo => Source.Parameters.Kind == MediaKind.Video;
    public MuxerTrack Described => new(Parameters, TimeBase, Source.Description.Language);
    public CodecParameters Parameters => _transcoder?.Output ?? Source.Parameters;
    public bool Wrote { get; private set; }
    public bool IsDependent { get; private set; }
    private Rational TimeBase => _transcoder?.OutputTimeBase ?? Source.TimeBase;

    public bool IsLike(SourceTrack changed) => Source.TimeBase == changed.TimeBase && Source.Parameters.Codec == changed.Parameters.Codec &&
        (Source.Parameters.Width, Source.Parameters.Height) == (changed.Parameters.Width, changed.Parameters.Height);

    public void Become(SourceTrack source) => Source = source;

    /// <summary>Whether a frame in the byte stream format begins with parameter sets.</summary>
    public static bool HasParameterSets(ReadOnlySpan<byte> frame, string codec)
    {
        const int H264Set = 7, HevcSet = 33, LookedAt = 256;
        var rest = frame[..Math.Min(frame.Length, LookedAt)];
        if (!rest.StartsWith<byte>([0, 0, 1]) && !rest.StartsWith<byte>([0, 0, 0, 1]))
            return false;

        while (rest.IndexOf<byte>([0, 0, 1]) is >= 0 and var at && at + 3 < rest.Length)
        {
            rest = rest[(at + 3)..];
            if (codec == "h264" ? (rest[0] & 0x1f) == H264Set : codec == "hevc" && (rest[0] >> 1 & 0x3f) == HevcSet)
                return true;
        }

        return false;
    }

    /// <summary>Adds <paramref name="shift"/> to the packet's timestamps; returns the end of the written media.</summary>
    public TimeSpan Write(Muxer muxer, PacketBatch batch, int packet, TimeSpan shift)
    {
        var (info, timeBase) = (batch[packet], Source.TimeBase);
        var units = timeBase.FromTimeSpan(shift);
        var (decoded, shown) = (info.Dts + units, (info.Pts == PacketInfo.NoTimestamp ? info.Dts : info.Pts) + units);
        (_isSilent, _wasHeard) = (false, true);
        if (_transcoder is null)
            return Put(muxer, batch, packet, shown, decoded, info.Duration);

        var encoded = PacketBatch.Rent();
        try
        {
            _transcoder.Write(batch, packet, shown, encoded, Index);
            for (var i = 0; i < encoded.Count; i++)
                Put(muxer, encoded, i, encoded[i].Pts, encoded[i].Dts, encoded[i].Duration);
        }
        finally
        {
            encoded.Release();
        }

        return _end;
    }

    /// <summary>Fills missing audio with silence up to the time that the video has reached.</summary>
    public void Follow(Muxer muxer, TimeSpan time)
    {
        if (_silence is not { } sound)
            return;

        _isSilent |= time - _end > Patience;
        if (!_isSilent || (!_wasHeard && time - _end < Unheard && !Wrote))
            return;

        FillTo(muxer, sound, time - Lag);
    }

    public void Dispose() => _transcoder?.Dispose();

    private TimeSpan Put(Muxer muxer, PacketBatch batch, int packet, long shown, long decoded, long duration)
    {
        var time = TimeBase.ToTimeSpan(decoded);
        // Silence was written for that time already.
        if (!IsVideo && time < _end - TimeSpan.FromMilliseconds(1))
            return _end;

        if (_silence is { } sound && time - _end < LongestHole)
            FillTo(muxer, sound, time);

        muxer.Write(batch, packet, Index, shown, decoded, duration);
        (Wrote, IsDependent) = (true, !batch[packet].Key);
        return _end = time + TimeBase.ToTimeSpan(Math.Max(duration, 1));
    }

    private void FillTo(Muxer muxer, SilentSound sound, TimeSpan until)
    {
        var frame = TimeSpan.FromSeconds(sound.FrameDuration / (double)sound.Rate);
        if (_end + frame > until)
            return;

        var silent = PacketBatch.Rent();
        try
        {
            for (; _end + frame <= until; _end += frame)
            {
                var units = TimeBase.FromTimeSpan(_end);
                silent.Add(sound.Frame, Index, units, units, TimeBase.FromTimeSpan(frame), key: true);
            }

            for (var i = 0; i < silent.Count; i++)
                muxer.Write(silent, i, Index, silent[i].Pts, silent[i].Dts, silent[i].Duration);

            Wrote = true;
        }
        finally
        {
            silent.Release();
        }
    }

    private static SilentSound? SilenceOf(CodecParameters parameters) => parameters switch
    {
        { Codec: "aac", MimeCodec: "mp4a.40.2" } => SilentSound.Named($"aac-{parameters.SampleRate}-{(parameters.Channels == 8 ? 7 : parameters.Channels)}"),
        { Codec: "opus" } => SilentSound.Named($"opus-48000-{parameters.Channels}"),
        _ => null,
    };
}
