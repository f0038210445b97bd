using Recorder.Actors.Recording;
using Recorder.Contracts;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Tests.Recording;

/// <summary>The parent of all recorders: its refusals, its end, and that its restart ends no recorder.</summary>
public sealed class RecordersActorSpecs : RecorderSpecs
{
    private static readonly TimeSpan Negative = TimeSpan.FromSeconds(-1);
    private static readonly RecorderId Other = new("other");

    public static TheoryData<string, RecorderOptions> WrongOptions => new()
    {
        { "AudioBitsPerSecond", new RecorderOptions { AudioBitsPerSecond = -1 } },
        { "VideoBitsPerSecond", new RecorderOptions { VideoBitsPerSecond = -1 } },
        { "BitsPerSecond", new RecorderOptions { BitsPerSecond = long.MaxValue } },
        { "AudioBitrateMode", new RecorderOptions { AudioBitrateMode = (BitrateMode)99 } },
        { "SignalLoss", new RecorderOptions { SignalLoss = (SignalLossPolicy)99 } },
        { "VideoKeyFrameIntervalCount", new RecorderOptions { VideoKeyFrameIntervalCount = 0 } },
        { "VideoKeyFrameIntervalDuration", new RecorderOptions { VideoKeyFrameIntervalDuration = TimeSpan.Zero } },
        { "MinimumTimeslice", new RecorderOptions { MinimumTimeslice = TimeSpan.Zero } },
        { "OpenTimeout", new RecorderOptions { OpenTimeout = Negative } },
        { "LossTimeout", new RecorderOptions { LossTimeout = TimeSpan.MaxValue } },
        { "FragmentDuration", new RecorderOptions { FragmentDuration = TimeSpan.Zero } },
        { "ExtentDuration", new RecorderOptions { ExtentDuration = Negative } },
        { "ExtentBytes", new RecorderOptions { ExtentBytes = 0 } },
        { "MemoryLimit", new RecorderOptions { MemoryLimit = 0 } },
        { "MimeType", new RecorderOptions { MimeType = null! } },
    };

    [Theory]
    [MemberData(nameof(WrongOptions))]
    public void An_option_out_of_range_is_refused_by_its_name(string name, RecorderOptions options) =>
        CreateCheck.Find(new RecordersProtocol.Create(Id, "test:", options, new RecordingTarget("."))).ShouldNotBeNull().ShouldStartWith(name);

    [Fact]
    public void A_create_with_parts_missing_is_refused_and_harms_no_other_recorder()
    {
        Record(25);
        var (options, target) = (new RecorderOptions(), new RecordingTarget(Folder));
        foreach (var create in new RecordersProtocol.Create[]
        {
            new(Other, null!, options, target), new(Other, " ", options, target), new(Other, "test:", null!, target),
            new(Other, "test:", options, null!), new(Other, "test:", options, new RecordingTarget(null)),
            new(Other, "test:", options, new RecordingTarget("a\0b")), new(Other, "test:", options, new RecordingTarget(null, "")),
            new(Other, "test:", options, new RecordingTarget(null, "folder/")), new(default, "test:", options, target),
            new(Other, "test:", options with { MimeType = null! }, target),
        })
        {
            Recorders.Tell(create, TestActor);
            ExpectMsg<Refused>().Error.Name.ShouldBe(ErrorName.NotSupportedError);
        }

        Tell(new Stop(Id));
        Subscriber.ExpectMsg<DataAvailable>();
        Subscriber.ExpectMsg<Stopped>().Reason.ShouldBe(StopReason.Requested);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(uint.MaxValue)]
    public void A_bit_rate_that_no_encoder_can_do_is_echoed_and_the_nearest_is_used_7(long bitrate)
    {
        Create(new RecorderOptions { MimeType = "video/webm;codecs=vp8,opus", VideoBitsPerSecond = bitrate, AudioBitsPerSecond = bitrate });
        Start();
        Deliver(25);
        Tell(new GetStatus(Id));
        ExpectMsg<Recorder.Contracts.RecorderProtocol.Status>().VideoBitsPerSecond.ShouldBe(bitrate);
        Tell(new Stop(Id));

        Subscriber.ExpectMsg<Started>();
        Subscriber.ExpectMsg<DataAvailable>().Data.Length.ShouldBeGreaterThan(0);
        Subscriber.ExpectMsg<Stopped>().Reason.ShouldBe(StopReason.Requested);
    }

    [Fact]
    public void A_start_with_a_negative_timeslice_or_no_duration_is_refused()
    {
        Create();
        Tell(new Start(Id, Negative));
        ExpectMsg<Refused>().Error.Message.ShouldContain("Timeslice");
        Tell(new Start(Id) { Duration = TimeSpan.Zero });
        ExpectMsg<Refused>().State.ShouldBe(RecorderState.Inactive);
    }

    [Fact]
    public void While_the_node_shuts_down_nothing_is_created_or_started()
    {
        Create();
        Start();
        StallDisk();
        Deliver(25);
        Subscriber.ExpectMsg<Started>();
        Recorders.Tell(new RecordersActor.RetireAll(), TestActor);
        Tell(new Start(Id));
        ExpectMsg<Refused>().Error.Message.ShouldContain("shut down");
        Tell(new Start(Other));
        ExpectMsg<Refused>().Error.Message.ShouldContain("shut down");
        Recorders.Tell(new RecordersProtocol.Create(Other, "test:", new RecorderOptions(), new RecordingTarget(Folder)), TestActor);
        ExpectMsg<Refused>().Error.Message.ShouldContain("shut down");

        ReleaseDisk();
        ExpectMsg<RecordersActor.AllRetired>();
    }

    [Fact]
    public void A_restarted_parent_keeps_its_recorders_and_that_it_shuts_down()
    {
        Create();
        Start();
        StallDisk();
        Deliver(25);
        Recorders.Tell(new RecordersActor.RetireAll(), TestActor);
        Recorders.Tell(new RecordersActor.RetireAll(), TestActor);
        Tell(new Poison());
        Tell(new Start(Other));
        ExpectMsg<Refused>().Error.Message.ShouldContain("shut down");
        ReleaseDisk();

        ExpectMsg<RecordersActor.AllRetired>();
        ExpectMsg<RecordersActor.AllRetired>();
    }

    private sealed record Poison : ICommand
    {
        public RecorderId Recorder => throw new InvalidOperationException("Poison.");
    }

    [Fact]
    public void Removing_a_recorder_completes_its_recording_first()
    {
        Record(25);
        Recorders.Tell(new RecordersProtocol.Remove(Id), TestActor);

        Subscriber.ExpectMsg<DataAvailable>();
        Subscriber.ExpectMsg<Stopped>().Reason.ShouldBe(StopReason.Shutdown);
        ExpectMsg<RecordersProtocol.Removed>();
    }

    [Fact]
    public void Creating_refuses_a_bad_type_a_bad_source_and_a_name_in_use()
    {
        Create();
        foreach (var create in new[]
        {
            new RecordersProtocol.Create(new RecorderId("a"), "test:", new RecorderOptions { MimeType = "video/ogg" }, new RecordingTarget(Folder)),
            new RecordersProtocol.Create(new RecorderId("a"), "gopher://x", new RecorderOptions(), new RecordingTarget(Folder)),
            new RecordersProtocol.Create(new RecorderId("../a"), "test:", new RecorderOptions(), new RecordingTarget(Folder)),
            new RecordersProtocol.Create(Id, "test:", new RecorderOptions(), new RecordingTarget(Folder)),
        })
        {
            Recorders.Tell(create, TestActor);
            ExpectMsg<Refused>();
        }
    }
}
