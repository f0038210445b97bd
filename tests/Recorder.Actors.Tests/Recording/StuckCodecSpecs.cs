using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Media.Codecs;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Recording;

/// <summary>An encoder that does not close is an error of its recorder and delays nothing else.</summary>
public sealed class StuckCodecSpecs : RecorderSpecs
{
    private readonly StuckCodecs _stuck;

    public StuckCodecSpecs() => Codecs = _stuck = new StuckCodecs();

    [Fact]
    public void An_encoder_that_does_not_close_is_an_error_and_the_recorded_media_is_stored()
    {
        Record(frames: 50);

        Tell(new Stop(Id));
        ExpectMsg<Accepted>();

        Subscriber.ExpectMsg<ErrorRaised>().Error.ShouldBe(
            new MediaError(ErrorName.UnknownError, "The encoder scripted did not close within 3 s and was given up."));
        Subscriber.ExpectMsg<DataAvailable>().Data.Length.ShouldBeGreaterThan(0);
        var stopped = Subscriber.ExpectMsg<Stopped>();
        stopped.Reason.ShouldBe(StopReason.Failed);
        stopped.Duration.TotalSeconds.ShouldBe(2, 0.1);
        _stuck.Open.ShouldBe(0);
    }

    [Fact]
    public void A_recorder_whose_encoder_does_not_close_before_its_first_frame_can_be_started_again()
    {
        Create();
        Start();

        Tell(new Stop(Id));
        ExpectMsg<Accepted>();
        Subscriber.ExpectMsg<ErrorRaised>().Error.Message.ShouldContain("was given up");
        Subscriber.FishForMessage(message => message is Stopped);

        Start();
        Deliver(10);
        Subscriber.ExpectMsg<Started>();
    }

    private sealed class StuckCodecs : IMediaCodecs
    {
        public int Open { get; private set; }

        public ITranscoder OpenVideo(CodecParameters input, Rational timeBase, VideoEncoding encoding) =>
            new Stuck(this, InProcessCodecs.Default.OpenVideo(input, timeBase, encoding));

        public ITranscoder OpenAudio(CodecParameters input, Rational timeBase, AudioEncoding encoding) =>
            new Stuck(this, InProcessCodecs.Default.OpenAudio(input, timeBase, encoding));

        public IPictureTaker OpenPicture(CodecParameters input, Rational timeBase, long until) =>
            InProcessCodecs.Default.OpenPicture(input, timeBase, until);

        private sealed class Stuck : ITranscoder
        {
            private readonly StuckCodecs _owner;
            private readonly ITranscoder _real;
            private bool _closed;

            public Stuck(StuckCodecs owner, ITranscoder real)
            {
                (_owner, _real) = (owner, real);
                owner.Open++;
            }

            public CodecParameters Output => _real.Output;

            public Rational OutputTimeBase => _real.OutputTimeBase;

            public long DecodeErrors => _real.DecodeErrors;

            public bool Blank { get => _real.Blank; set => _real.Blank = value; }

            public void ForceKeyFrame() => _real.ForceKeyFrame();

            public void Write(PacketBatch input, int index, long pts, PacketBatch output, int outputTrack) =>
                _real.Write(input, index, pts, output, outputTrack);

            public void Finish(PacketBatch output, int outputTrack) => _real.Finish(output, outputTrack);

            public void Close()
            {
                if (!_closed)
                {
                    Dispose();
                    throw new FFmpegException(0, "The encoder scripted did not close within 3 s and was given up.");
                }
            }

            public void Dispose()
            {
                _owner.Open -= _closed ? 0 : 1;
                _closed = true;
                _real.Dispose();
            }
        }
    }
}
