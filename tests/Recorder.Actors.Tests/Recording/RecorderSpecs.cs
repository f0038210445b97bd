using Microsoft.Extensions.Logging.Abstractions;
using Recorder.Actors.Capture;
using Recorder.Actors.Events;
using Recorder.Actors.Recording;
using Recorder.Actors.Storage;
using Recorder.Contracts;
using Recorder.Media.Codecs;
using static Recorder.Contracts.RecorderProtocol;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Actors.Tests.Recording;

/// <summary>A recorder under its parent, with one probe as its source and another as a subscriber; codecs and disk are real.</summary>
public abstract class RecorderSpecs : TestKit
{
    protected static readonly RecorderId Id = new("cam");
    private readonly ManualResetEventSlim _disk = new();
    protected string Folder { get; } = Directory.CreateTempSubdirectory("recorder-actor-").FullName;
    internal Volumes Disks { get; } = new(NullLogger.Instance);
    protected TestProbe Sources { get; }
    protected TestProbe Subscriber { get; }
    protected IActorRef Mediator { get; }
    protected IActorRef Recorders { get; private set; } = ActorRefs.Nobody;
    protected IActorRef Recorder { get; set; } = ActorRefs.Nobody;
    private protected IMediaCodecs Codecs { get; init; } = InProcessCodecs.Default;
    protected int NextFrame { get; set; }
    protected long Attachment { get; set; }

    protected RecorderSpecs(string config = "")
        : base(ConfigurationFactory.ParseString(config))
    {
        Sources = CreateTestProbe("sources");
        Subscriber = CreateTestProbe("subscriber");
        Mediator = Sys.ActorOf(EventsActor.PropsFor(), "events");
        Subscriber.Send(Mediator, new EventsProtocol.Subscribe());
        Subscriber.ExpectMsg<EventsProtocol.Subscribed>();
        Subscriber.IgnoreMessages(message => message is SourceChanged or BlobDurable or StorageChanged);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _disk.Set();
        Disks.Dispose();
        _disk.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Stops all writes until <see cref="ReleaseDisk"/>.</summary>
    protected void StallDisk() => Disks.For(Folder).Post(_disk.Wait);

    protected void ReleaseDisk() => _disk.Set();

    protected void Create(RecorderOptions? options = null, RecordingTarget? target = null, string source = "test:")
    {
        Recorders = Sys.ActorOf(RecordersActor.PropsFor(
            new RecorderEnvironment(Sources, Mediator, Disks, TimeProvider.System, NullLogger.Instance, "node") { Codecs = Codecs }), "recorders");
        Recorders.Tell(
            new RecordersProtocol.Create(Id, source, options ?? new RecorderOptions(), target ?? new RecordingTarget(Folder)), TestActor);
        ExpectMsg<RecordersProtocol.Created>();
    }

    protected void Start(TimeSpan? timeslice = null)
    {
        Tell(new Start(Id, timeslice));
        ExpectMsg<Accepted>();
        ExpectAttach();
        OpenSource();
    }

    protected void Record(int frames, TimeSpan? timeslice = null)
    {
        Create();
        Start(timeslice);
        Deliver(Math.Max(1, frames));
        Subscriber.ExpectMsg<Started>();
    }

    protected void Tell(ICommand command) => Recorders.Tell(command, TestActor);

    protected void ExpectAttach()
    {
        Attachment = ((CaptureProtocol.Attach)Sources.FishForMessage(message => message is CaptureProtocol.Attach)).Attachment;
        Recorder = Sources.LastSender;
    }

    protected void OpenSource() => FromSource(new CaptureProtocol.SourceOpened(ScriptedMedia.Both));

    protected void Deliver(int frames)
    {
        FromSource(new CaptureProtocol.MediaArrived(ScriptedMedia.Frames(NextFrame, frames), attachment: Attachment));
        NextFrame += frames;
    }

    private protected void FromSource(CaptureProtocol.MediaArrived media) => Recorder.Tell(media, Sources);

    private protected void FromSource(CaptureProtocol.SourceMessage message) => Recorder.Tell(message with { Attachment = Attachment }, Sources);
}
