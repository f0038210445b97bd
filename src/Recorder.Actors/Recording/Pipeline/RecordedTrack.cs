using Recorder.Actors.Capture;
using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Media.Codecs;

namespace Recorder.Actors.Recording;

/// <summary>One track of a recording under way: its timeline and, when it is not copied, its decoder and encoder.</summary>
internal sealed class RecordedTrack : IDisposable
{
    private readonly PlannedTrack _plan;
    private readonly ITranscoder? _codec;
    private bool _isFinished;

    /// <exception cref="FFmpegException">There is no decoder or encoder for it.</exception>
    public RecordedTrack(PlannedTrack plan, int number, RecorderOptions options, Bitrates bitrates, IMediaCodecs codecs)
    {
        _plan = plan;
        Number = number;
        var source = Source = plan.Source;
        Timeline = new TrackTimeline(source.TimeBase);
        if (plan.Encode is { } codec && IsVideo)
        {
            _codec = codecs.OpenVideo(source.Parameters, source.TimeBase, new VideoEncoding
            {
                Codec = codec,
                BitsPerSecond = bitrates.ForEncoders().Video,
                KeyFrameIntervalCount = options.VideoKeyFrameIntervalCount,
                KeyFrameIntervalDuration = options.VideoKeyFrameIntervalDuration,
                GlobalHeader = true,
            });
        }
        else if (plan.Encode is { } audioCodec)
        {
            _codec = codecs.OpenAudio(source.Parameters, source.TimeBase, new AudioEncoding
            {
                Codec = audioCodec,
                BitsPerSecond = bitrates.ForEncoders().Audio,
                ConstantBitrate = options.AudioBitrateMode == BitrateMode.Constant,
                GlobalHeader = true,
            });
        }

        Description = source.Description;
        Output = _codec?.Output ?? source.Parameters;
        OutputTimeBase = _codec?.OutputTimeBase ?? source.TimeBase;
        Encoded = new TrackTimeline(OutputTimeBase);
    }

    /// <summary>Its number in the container, from 0.</summary>
    public int Number { get; }

    public int SourceId => _plan.Source.Id;

    /// <summary>What it is recorded from, as it is now.</summary>
    public SourceTrack Source { get; private set; }

    public bool IsVideo => _plan.Kind == TrackKind.Video;

    public bool IsEncoded => _codec is not null;

    public TrackDescription Description { get; private set; }

    /// <summary>What the container is told of it.</summary>
    public CodecParameters Output { get; private set; }

    public Rational OutputTimeBase { get; }

    /// <summary>Source times to the recording's.</summary>
    public TrackTimeline Timeline { get; }

    /// <summary>What was written of it: equal to <see cref="Timeline"/> for a copy, in the encoder's time base otherwise.</summary>
    public TrackTimeline Encoded { get; }

    /// <summary>Nothing is written before the next key frame.</summary>
    public bool NeedsKeyFrame { get; set; }

    /// <summary>It has ended or reached the recording's duration.</summary>
    public bool IsComplete { get; set; }

    /// <summary>Whether it has no signal.</summary>
    public bool IsMuted { get; set; }

    /// <summary>The extent being written has no place for it: it has other parameters, or not this track.</summary>
    public bool AwaitsExtent { get; set; }

    /// <summary>Whether the extent being written has it.</summary>
    public bool IsInExtent { get; set; }

    /// <summary>Whether any extent has it.</summary>
    public bool WasRecorded { get; set; }

    /// <summary>Where on the recording's timeline the last packet was that is recorded; null before the first.</summary>
    public TimeSpan? HeardAt { get; set; }

    /// <summary>The gap it is in; null while it is recorded.</summary>
    public OpenGap? Gap { get; set; }

    /// <summary>The source's track is another now: the next container's header tells it so.</summary>
    public void Become(SourceTrack source)
    {
        (Description, Source) = (source.Description, source);
        Output = IsEncoded ? Output : source.Parameters;
    }

    /// <summary>Black frames or silence in place of content; only where it is encoded.</summary>
    public void Blank(bool blank)
    {
        if (_codec is not null)
        {
            _codec.Blank = blank;
        }
    }

    public void ForceKeyFrame() => _codec?.ForceKeyFrame();

    /// <summary>Decodes and encodes one packet; what comes out is appended to <paramref name="output"/>.</summary>
    public void Transcode(PacketBatch input, int index, long pts, PacketBatch output) => _codec?.Write(input, index, pts, output, Number);

    /// <summary>What the codec still holds is appended; once, also when that failed.</summary>
    public void FinishTranscoding(PacketBatch output)
    {
        if (!_isFinished)
        {
            _isFinished = true;
            _codec?.Finish(output, Number);
        }
    }

    /// <summary>Closes decoder and encoder.</summary>
    /// <exception cref="FFmpegException">The encoder did not end in time and was given up.</exception>
    public void CloseCodec() => _codec?.Close();

    public void Dispose() => _codec?.Dispose();
}

/// <summary>Target bit rates, bits a second.</summary>
/// <param name="Video">Of the video encoder.</param>
/// <param name="Audio">Of the audio encoder.</param>
internal readonly record struct Bitrates(long Video, long Audio)
{
    private const int VideoShareInPercent = 95;

    /// <summary>What the options say before anything is known of the tracks.</summary>
    public static Bitrates For(RecorderOptions options) =>
        options.BitsPerSecond is { } total
            ? new Bitrates(total * VideoShareInPercent / 100, total - (total * VideoShareInPercent / 100))
            : new Bitrates(
                options.VideoBitsPerSecond ?? RecorderOptions.DefaultVideoBitsPerSecond,
                options.AudioBitsPerSecond ?? RecorderOptions.DefaultAudioBitsPerSecond);

    /// <summary>The nearest that every encoder can do; what is reported stays as it was asked for.</summary>
    public Bitrates ForEncoders() => new(Math.Clamp(Video, 10_000, 1_000_000_000), Math.Clamp(Audio, 6_000, 256_000));

    /// <summary>What they come to for the kinds of tracks there are: with one kind only, the other reads 0 and a common target
    /// belongs to it alone.</summary>
    public static Bitrates For(RecorderOptions options, bool hasVideo, bool hasAudio)
    {
        var both = For(options);
        return (hasVideo, hasAudio, options.BitsPerSecond) switch
        {
            (true, false, { } total) => new Bitrates(total, 0),
            (false, true, { } total) => new Bitrates(0, total),
            _ => both,
        };
    }
}
