using Recorder.Actors.Capture;
using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Media.Codecs;

namespace Recorder.Actors.Recording;

/// <summary>One track of a recording: its timelines and, unless its stream is copied, its decoder and encoder.</summary>
internal sealed class RecordedTrack : IDisposable
{
    private readonly PlannedTrack _plan;
    private readonly ITranscoder? _codec;
    private readonly bool _isBlanked;
    private bool _isFinished;

    /// <exception cref="FFmpegException">There is no decoder or encoder for the track.</exception>
    public RecordedTrack(PlannedTrack plan, int number, RecorderOptions options, Bitrates bitrates, IMediaCodecs codecs)
    {
        _plan = plan;
        Number = number;
        _isBlanked = options.SignalLoss == SignalLossPolicy.BlackAndSilence;
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
        OutputTimeline = new TrackTimeline(OutputTimeBase);
    }

    public int Number { get; }

    public int SourceId => _plan.Source.Id;

    public SourceTrack Source { get; private set; }

    public bool IsVideo => _plan.Kind == TrackKind.Video;

    public bool IsEncoded => _codec is not null;

    public TrackDescription Description { get; private set; }

    public CodecParameters Output { get; private set; }

    public Rational OutputTimeBase { get; }

    public TrackTimeline Timeline { get; }

    /// <summary>The times written to the container: those of <see cref="Timeline"/> for a copy, else in the encoder's time base.</summary>
    public TrackTimeline OutputTimeline { get; }

    public bool NeedsKeyFrame { get; set; }

    public bool IsComplete { get; set; }

    public bool IsMuted { get; set; }

    /// <summary>
    /// Whether nothing is recorded of the track: it has ended, or it is muted and its place is not filled with encoded black frames or silence.
    /// </summary>
    public bool IsSilent => IsComplete || (IsMuted && !(IsEncoded && _isBlanked));

    /// <summary>Whether the track cannot be written before the next extent: the present one lacks it, or has other parameters.</summary>
    public bool NeedsExtent { get; set; }

    public bool IsInExtent { get; set; }

    public bool WasRecorded { get; set; }

    /// <summary>The time of the last recorded packet on the recording's timeline; null before the first.</summary>
    public TimeSpan? LastPacketAt { get; set; }

    public OpenGap? Gap { get; set; }

    public void ReplaceSource(SourceTrack source)
    {
        (Description, Source) = (source.Description, source);
        Output = IsEncoded ? Output : source.Parameters;
    }

    /// <summary>Encodes black frames or silence in place of the content. Has no effect on a copied track.</summary>
    public void SetBlank(bool blank)
    {
        if (_codec is not null)
            _codec.Blank = blank;
    }

    public void ForceKeyFrame() => _codec?.ForceKeyFrame();

    public void Transcode(PacketBatch input, int index, long pts, PacketBatch output) => _codec?.Write(input, index, pts, output, Number);

    /// <summary>Drains the codec into <paramref name="output"/>. Has no effect when called again, even after a failure.</summary>
    public void FinishTranscoding(PacketBatch output)
    {
        if (!_isFinished)
        {
            _isFinished = true;
            _codec?.Finish(output, Number);
        }
    }

    /// <exception cref="FFmpegException">The encoder did not close in time.</exception>
    public void CloseCodec() => _codec?.Close();

    public void Dispose() => _codec?.Dispose();
}
