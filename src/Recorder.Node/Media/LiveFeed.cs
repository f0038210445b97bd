using Recorder.Actors.Capture;
using Recorder.FFmpeg;
using Recorder.Media.Codecs;
using Recorder.Media.Mp4;

namespace Recorder.Node.Media;

/// <summary>
/// One track of what a viewer gets. Pictures go on as they come. Sound that MP4 in a browser does not play is encoded to AAC, and silence stands
/// where none comes: a player waits for sound that the header announces, and drops pictures where it has holes.
/// </summary>
internal sealed class LiveFeed : IDisposable
{
    /// <summary>Pictures that browsers play from MP4.</summary>
    public static readonly IReadOnlySet<string> PlayedPictures = new HashSet<string>(["h264", "hevc", "av1", "vp9"], StringComparer.Ordinal);

    // A track that never spoke is silent after the shorter, one that fell silent after the longer time: sound may lag behind the pictures.
    private static readonly TimeSpan Unheard = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // A longer hole is the source's, which was interrupted: the timeline goes on without it.
    private static readonly TimeSpan LongestHole = TimeSpan.FromSeconds(10);

    // By so much silence stays behind the pictures.
    private static readonly TimeSpan Lag = TimeSpan.FromMilliseconds(300);

    private const long AacBitRate = 64_000;

    private readonly ITranscoder? _transcoder;
    private readonly SilentSound? _silence;
    private TimeSpan _end;
    private bool _isSilent = true;
    private bool _wasHeard;

    /// <exception cref="FFmpegException">It is sound that cannot be decoded.</exception>
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

    /// <summary>What the header says of it.</summary>
    public MuxerTrack Described => new(Parameters, TimeBase, Source.Description.Language);

    public CodecParameters Parameters => _transcoder?.Output ?? Source.Parameters;

    /// <summary>Whether something of it was written.</summary>
    public bool Wrote { get; private set; }

    /// <summary>Whether what was written last depends on what was before.</summary>
    public bool IsDependent { get; private set; }

    private Rational TimeBase => _transcoder?.OutputTimeBase ?? Source.TimeBase;

    /// <summary>Whether something else that the source says of it is the same codec and size.</summary>
    public bool IsLike(SourceTrack changed) => Source.TimeBase == changed.TimeBase && Source.Parameters.Codec == changed.Parameters.Codec &&
        (Source.Parameters.Width, Source.Parameters.Height) == (changed.Parameters.Width, changed.Parameters.Height);

    /// <summary>The source says of it something else that needs no other header.</summary>
    public void Become(SourceTrack source) => Source = source;

    /// <summary>Whether a picture in the byte stream format begins with parameter sets of its own.</summary>
    public static bool HasParameterSets(ReadOnlySpan<byte> picture, string codec)
    {
        const int H264Set = 7, HevcSet = 33, LookedAt = 256;
        var rest = picture[..Math.Min(picture.Length, LookedAt)];
        if (!rest.StartsWith<byte>([0, 0, 1]) && !rest.StartsWith<byte>([0, 0, 0, 1]))
        {
            return false;
        }

        while (rest.IndexOf<byte>([0, 0, 1]) is >= 0 and var at && at + 3 < rest.Length)
        {
            rest = rest[(at + 3)..];
            if (codec == "h264" ? (rest[0] & 0x1f) == H264Set : codec == "hevc" && (rest[0] >> 1 & 0x3f) == HevcSet)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Writes a packet.</summary>
    /// <param name="muxer">Where to.</param>
    /// <param name="batch">The batch that holds it.</param>
    /// <param name="packet">Its place there.</param>
    /// <param name="shift">What is added to its times.</param>
    /// <returns>When what was written of it ends.</returns>
    public TimeSpan Write(Muxer muxer, PacketBatch batch, int packet, TimeSpan shift)
    {
        var (info, timeBase) = (batch[packet], Source.TimeBase);
        var units = timeBase.FromTimeSpan(shift);
        var (decoded, shown) = (info.Dts + units, (info.Pts == PacketInfo.NoTimestamp ? info.Dts : info.Pts) + units);
        (_isSilent, _wasHeard) = (false, true);
        if (_transcoder is null)
        {
            return Put(muxer, batch, packet, shown, decoded, info.Duration);
        }

        var encoded = PacketBatch.Rent();
        try
        {
            _transcoder.Write(batch, packet, shown, encoded, Index);
            for (var i = 0; i < encoded.Count; i++)
            {
                Put(muxer, encoded, i, encoded[i].Pts, encoded[i].Dts, encoded[i].Duration);
            }
        }
        finally
        {
            encoded.Release();
        }

        return _end;
    }

    /// <summary>Fills up with silence beside pictures where nothing comes.</summary>
    /// <param name="muxer">Where to.</param>
    /// <param name="time">How far the pictures are.</param>
    public void Follow(Muxer muxer, TimeSpan time)
    {
        if (_silence is not { } sound)
        {
            return;
        }

        _isSilent |= time - _end > Patience;
        if (!_isSilent || (!_wasHeard && time - _end < Unheard && !Wrote))
        {
            return;
        }

        FillTo(muxer, sound, time - Lag);
    }

    public void Dispose() => _transcoder?.Dispose();

    private TimeSpan Put(Muxer muxer, PacketBatch batch, int packet, long shown, long decoded, long duration)
    {
        var time = TimeBase.ToTimeSpan(decoded);
        // Silence stands there already.
        if (!IsVideo && time < _end - TimeSpan.FromMilliseconds(1))
        {
            return _end;
        }

        if (_silence is { } sound && time - _end < LongestHole)
        {
            FillTo(muxer, sound, time);
        }

        muxer.Write(batch, packet, Index, shown, decoded, duration);
        (Wrote, IsDependent) = (true, !batch[packet].Key);
        return _end = time + TimeBase.ToTimeSpan(Math.Max(duration, 1));
    }

    private void FillTo(Muxer muxer, SilentSound sound, TimeSpan until)
    {
        var frame = TimeSpan.FromSeconds(sound.FrameDuration / (double)sound.Rate);
        if (_end + frame > until)
        {
            return;
        }

        var silent = PacketBatch.Rent();
        try
        {
            for (; _end + frame <= until; _end += frame)
            {
                var units = TimeBase.FromTimeSpan(_end);
                silent.Add(sound.Frame, Index, units, units, TimeBase.FromTimeSpan(frame), key: true);
            }

            for (var i = 0; i < silent.Count; i++)
            {
                muxer.Write(silent, i, Index, silent[i].Pts, silent[i].Dts, silent[i].Duration);
            }

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
