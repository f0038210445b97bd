namespace Recorder.Contracts.Tests;

/// <summary>One of every message. No property has its default value, so that a property missing in JSON is noticed.</summary>
internal static class Samples
{
    public static readonly RecorderId Recorder = RecorderId.Parse("camera-1");

    public static readonly DateTimeOffset At = new DateTimeOffset(2026, 11, 22, 15, 4, 5, 123, TimeSpan.Zero).AddTicks(4567);

    public static readonly RecordingId Recording = RecordingId.Create(At, 3);

    public static Blob Blob { get; } = new()
    {
        Recording = Recording,
        Number = 4,
        Extent = 2,
        Path = "takes/\"kamera süd\"/000002.mp4",
        Offset = 1L << 40,
        Length = 1234,
        Type = "video/mp4;codecs=avc1.42c01f,mp4a.40.2",
        MediaTime = TimeSpan.FromTicks(33_366_667),
        Duration = TimeSpan.FromMilliseconds(1000),
        CapturedAt = At.AddSeconds(-1),
        StartsWithKeyFrame = true,
        Crc32C = 0x0a1b2c3d,
        Epoch = 5,
    };

    public static TrackDescription Track { get; } = new()
    {
        Id = 1,
        Kind = TrackKind.Video,
        Codec = "h264",
        MimeCodec = "avc1.42c01f",
        Width = 1280,
        Height = 720,
        FrameRate = 29.97,
        SampleRate = 48_000,
        Channels = 2,
        BitsPerSecond = 2_000_000,
        Language = "deu",
        Rotation = 90,
    };

    public static RecorderOptions Options { get; } = new()
    {
        MimeType = "video/webm;codecs=\"vp8,opus\"",
        AudioBitsPerSecond = 96_000,
        VideoBitsPerSecond = 1_000_000,
        BitsPerSecond = 2_000_000,
        AudioBitrateMode = BitrateMode.Constant,
        VideoKeyFrameIntervalDuration = TimeSpan.FromSeconds(2),
        VideoKeyFrameIntervalCount = 50,
        MinimumTimeslice = TimeSpan.FromMilliseconds(40),
        OpenTimeout = null,
        LossTimeout = TimeSpan.FromMinutes(1),
        SignalLoss = SignalLossPolicy.BlackAndSilence,
        FragmentDuration = TimeSpan.FromMilliseconds(500),
        ExtentDuration = TimeSpan.FromMinutes(10),
        ExtentBytes = 1L << 33,
        ExtentStagger = true,
        MemoryLimit = 1L << 20,
        Durability = Durability.Blob,
        PreRoll = TimeSpan.FromSeconds(10),
        PreRollBytes = 1L << 24,
    };

    public static IReadOnlyList<RecorderProtocol.IEvent> Events { get; } =
    [
        new RecorderProtocol.Started(Recorder, 1, At, Recording, "video/mp4;codecs=avc1.42c01f")
        {
            Tracks = [Track, Track with { Id = 2, Kind = TrackKind.Audio }],
        },
        new RecorderProtocol.DataAvailable(Recorder, 2, At, Blob, TimeSpan.FromMilliseconds(40)),
        new RecorderProtocol.Paused(Recorder, 3, At),
        new RecorderProtocol.Resumed(Recorder, 4, At),
        new RecorderProtocol.ErrorRaised(Recorder, 5, At, new MediaError(ErrorName.InvalidModificationError, "A track was added.")),
        new RecorderProtocol.Stopped(Recorder, 6, At, Recording, StopReason.SourceEnded)
        {
            Duration = TimeSpan.FromSeconds(5),
            Bytes = 99,
            Blobs = 7,
        },
        new RecorderProtocol.GapRecorded(Recorder, 7, At, Recording, GapCause.SourceLost)
        {
            MediaTime = TimeSpan.FromSeconds(2),
            Duration = TimeSpan.FromSeconds(3),
            From = At.AddSeconds(-3),
            To = At,
            Packets = 75,
            Detail = "Connection refused.",
        },
        new RecorderProtocol.SourceChanged(Recorder, 8, At, SourceStatus.Connected, "2 tracks"),
        new RecorderProtocol.BlobDurable(Recorder, 9, At, Recording, 7),
        new RecorderProtocol.StorageChanged(Recorder, 10, At, StorageStatus.Full, "The volume of /data is full."),
        new RecorderProtocol.Marked(Recorder, 11, At, Recording, TimeSpan.FromSeconds(3), "goal"),
        new RecorderProtocol.ClockChanged(Recorder, 12, At, ClockStatus.Distrusted, "The system clock jumped by two years."),
        new RecorderProtocol.LateMedia(Recorder, 3_000_001, At, new EventTenure(2, "n1", "00000000000000a1"), 2_000_005, 2_000_009)
        {
            Tenure = new EventTenure(3, "n2", "00000000000000b2"),
            Before = new EventBefore(new EventTenure(2, "n1", "00000000000000a1"), 2_000_004, true),
            From = At.AddSeconds(-9),
            To = At.AddSeconds(-4),
            Extents = 2,
            Gaps = 1,
            Marks = 3,
        },
    ];

    public static TakeId Take { get; } = TakeId.Create(At, 1);

    public static IReadOnlyList<RecorderProtocol.ICommand> Commands { get; } =
    [
        new RecorderProtocol.Start(Recorder, TimeSpan.FromSeconds(1)) { Duration = TimeSpan.FromSeconds(5), PreRoll = TimeSpan.FromSeconds(9), At = At, Take = Take },
        new RecorderProtocol.Arm(Recorder, Take),
        new RecorderProtocol.Disarm(Recorder, Take),
        new RecorderProtocol.Stop(Recorder),
        new RecorderProtocol.Pause(Recorder),
        new RecorderProtocol.Resume(Recorder),
        new RecorderProtocol.RequestData(Recorder),
        new RecorderProtocol.Split(Recorder),
        new RecorderProtocol.Mark(Recorder, "goal"),
        new RecorderProtocol.GetStatus(Recorder),
    ];

    /// <summary>Every message that is neither an event nor a command.</summary>
    public static IReadOnlyList<object> Others { get; } =
    [
        new RecorderProtocol.Accepted(Recorder, RecorderState.Recording),
        new RecorderProtocol.Refused(Recorder, RecorderState.Paused, new MediaError(ErrorName.InvalidStateError, "It is paused.")),
        new RecorderProtocol.Status
        {
            Recorder = Recorder,
            State = RecorderState.Recording,
            MimeType = "video/mp4",
            VideoBitsPerSecond = 1,
            AudioBitsPerSecond = 2,
            AudioBitrateMode = BitrateMode.Variable,
            Source = SourceStatus.Connecting,
            Recording = Recording,
            Duration = TimeSpan.FromSeconds(3),
            Bytes = 4,
            Blobs = 5,
            LostPackets = 6,
            Take = Take,
            Times = new CaptureTimes(At, At.AddSeconds(2), CaptureClock.Sender, TimeSpan.FromMilliseconds(80), TimeSpan.FromMilliseconds(-0.4))
            {
                Jump = new ClockJump(At.AddSeconds(1), TimeSpan.FromSeconds(3.2), 1),
            },
        },
        new RecorderProtocol.Armed(Recorder, RecorderState.Inactive, Take)
        {
            Source = SourceStatus.Connected,
            IsLive = true,
            OldestKeyFrame = At,
            Node = "n2",
            FreeBytes = 7,
            Clock = CaptureClock.Arrival,
            BytesPerSecond = 250_000,
        },
        new RecordersProtocol.Create(Recorder, "rtsp://camera/stream?a=b&c=<d>", Options, new RecordingTarget(null, "take.mp4", true))
        {
            History = new RecorderHistory(
                9,
                2,
                new InterruptedRecording(Recording, "video/mp4", 3, 70, 1 << 20, TimeSpan.FromMinutes(2), At)
                {
                    KeyPictures = [new KeyPicture(TimeSpan.FromMinutes(1), 900, 7)],
                }),
        },
        new RecordersProtocol.Created(Recorder),
        new RecordersProtocol.Remove(Recorder),
        new RecordersProtocol.Removed(Recorder),
        new EventsProtocol.Subscribe(Recorder, typeof(RecorderProtocol.DataAvailable)),
        new EventsProtocol.Subscribed(),
        new EventsProtocol.Lagged("n1", 101, 500, Recorder),
        new EventsProtocol.Unsubscribe(),
        new EventsProtocol.Unsubscribed(),
    ];
}
