using System.Collections.Immutable;

namespace Recorder.Node.HyperDeck;

/// <summary>
/// What is known of a group of recorders that plays a deck. A clip begins when the first recorder of the group records, whoever started it, and ends
/// when none does any more.
/// </summary>
internal sealed record GroupState
{
    /// <summary>Clips that are remembered.</summary>
    public const int MostClips = 100;

    /// <summary>With less space the group does not begin to record.</summary>
    private const long LeastFree = 64L << 20;

    /// <summary>What a recorder is taken to need until one has recorded: 10 Mbit/s.</summary>
    private const double UsualBytesPerSecond = 1_250_000;

    private static readonly TimeSpan LongEnoughToMeasure = TimeSpan.FromSeconds(2);
    private static readonly TimeCodeRate UsualRate = TimeCodeRate.Find(25)!.Value;

    public required string Name { get; init; }

    public DeckStatus Status { get; init; } = DeckStatus.Stopped;

    public DeckSlot Slot { get; init; } = new(DeckSlotStatus.Mounting, "", TimeSpan.Zero, 0, 0);

    public TimeCodeRate Rate { get; init; } = UsualRate;

    public string? VideoFormat { get; init; }

    public string Codec { get; init; } = "";

    /// <summary>The clips that have ended.</summary>
    public ImmutableArray<DeckClip> Clips { get; init; } = [];

    /// <summary>When the clip that is being recorded began; null while none is.</summary>
    public DateTimeOffset? Begin { get; init; }

    /// <summary>The name that the next clip is to have; null for none in particular.</summary>
    public string? Wished { get; init; }

    /// <summary>What the clip that is being recorded is called.</summary>
    public string ClipName => Wished ?? string.Create(CultureInfo.InvariantCulture, $"{Name}_{ClipId:0000}");

    /// <summary>Why the volume cannot be recorded to; null when it can, or is not known yet.</summary>
    public DeckResult? Obstacle => Slot switch
    {
        { Status: DeckSlotStatus.Error } => DeckResult.DiskError,
        { Status: DeckSlotStatus.Mounted, BytesLeft: < LeastFree } => DeckResult.DiskFull,
        _ => null,
    };

    private int ClipId => Clips.Length == 0 ? 1 : Clips[^1].Id + 1;

    /// <summary>What a client is told at a moment.</summary>
    public DeckTransport TransportAt(DateTimeOffset now) =>
        new(Status, TimeCode.OfTimeOfDay(now.TimeOfDay, Rate), LengthAt(now))
        {
            ClipId = Begin is not null ? ClipId : Clips.Length > 0 ? Clips[^1].Id : null,
            VideoFormat = VideoFormat,
        };

    /// <summary>Takes the format of a recording's video.</summary>
    public GroupState With(RecorderProtocol.Started started)
    {
        if (started.Tracks.FirstOrDefault(track => track.Kind == TrackKind.Video) is not { } video)
            return this;

        var rate = TimeCodeRate.Find(video.FrameRate);
        return this with
        {
            Rate = rate ?? UsualRate,
            VideoFormat = rate is { } known ? DeckVideoFormat.Find(video.Width, video.Height, known) : null,
            Codec = video.Codec,
        };
    }

    /// <summary>Takes what the recorders and the volume are like now.</summary>
    public GroupState With(GroupLook look)
    {
        var active = look.Recorders.Where(status => status.State is RecorderState.Recording or RecorderState.Paused).ToList();
        // A recorder that does not answer may still record.
        var isActive = active.Count > 0 || (look.Silent > 0 && Begin is not null);
        var next = this with { Slot = SlotOf(look, active), Status = isActive ? DeckStatus.Record : DeckStatus.Stopped };
        if (!isActive)
            return Begin is null ? next : next.Close(look.At);

        // The recordings say themselves when they began, also those that an earlier start of the node began.
        return Begin is not null ? next
            : next with { Begin = active.Select(status => status.Recording?.StartedAt?.ToOffset(look.At.Offset) ?? look.At).Min() };
    }

    /// <summary>Ends the clip and begins the next at the same moment.</summary>
    public GroupState Spill(DateTimeOffset now) => Begin is null ? this : Close(now) with { Begin = now };

    /// <summary>What a client has to be told of, when this follows another state.</summary>
    public DeckChange ChangeFrom(GroupState before) =>
        (Status != before.Status || VideoFormat != before.VideoFormat || Begin.HasValue != before.Begin.HasValue || Clips.Length != before.Clips.Length
            || (Clips.Length > 0 && Clips[^1].Id != before.Clips[^1].Id) ? DeckChange.Transport : DeckChange.None)
        | (Slot.Status != before.Slot.Status || Slot.VolumeName != before.Slot.VolumeName || VideoFormat != before.VideoFormat
            || (long)Slot.Left.TotalMinutes != (long)before.Slot.Left.TotalMinutes ? DeckChange.Slot : DeckChange.None);

    private TimeCode LengthAt(DateTimeOffset now) =>
        TimeCode.At(Begin is { } begin && now > begin ? Rate.FramesIn(now - begin) : 0, Rate);

    private GroupState Close(DateTimeOffset end)
    {
        var clip = new DeckClip(ClipId, ClipName, TimeCode.OfTimeOfDay(Begin!.Value.TimeOfDay, Rate), LengthAt(end)) { Codec = Codec, VideoFormat = VideoFormat };
        return this with { Clips = [.. Clips.Skip(Math.Max(0, Clips.Length + 1 - MostClips)), clip], Begin = null, Wished = null };
    }

    private static DeckSlot SlotOf(GroupLook look, List<RecorderProtocol.Status> active)
    {
        if (look.Volume is not { } volume)
            return new DeckSlot(DeckSlotStatus.Error, "", TimeSpan.Zero, 0, 0);

        // Of the recorders that record now; else of what all of the group last recorded.
        var counted = active.Count > 0 ? active : look.Recorders;
        var measured = counted.Where(status => status.Duration >= LongEnoughToMeasure).Select(status => status.Bytes / status.Duration.TotalSeconds).ToList();
        var each = measured.Count > 0 ? measured.Average() : UsualBytesPerSecond;
        var seconds = volume.BytesFree / Math.Max(1, each * Math.Max(1, counted.Count));
        return new DeckSlot(
            DeckSlotStatus.Mounted, volume.Name, TimeSpan.FromSeconds(Math.Floor(Math.Min(seconds, int.MaxValue))), volume.BytesFree, volume.BytesTotal);
    }
}
