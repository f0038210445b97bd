using Recorder.Actors.Catalogue;
using Recorder.Actors.Recording;

namespace Recorder.Node.Wall;

/// <summary>A recorder of this node on the wall: what its definition and its condition mean to an operator. Reads no clock.</summary>
internal sealed class OwnTile(RecorderDefinition definition, DateTimeOffset now)
{
    // Below this a recording that cannot be written is ascribed to a full volume; the node's health says the same.
    private const long LeastFree = 64L << 20;

    // A recorder that was stopped is inactive before it is known that it is to be.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    private readonly FigureSamples _samples = new();
    private RecorderCondition? _condition;
    private DateTimeOffset _conditionAt = now;
    private DateTimeOffset _since = now;
    private WallStatus _status;
    private WallFigures _figures;

    public RecorderDefinition Definition { get; set; } = definition;

    public long BytesPerSecond => _samples.BytesPerSecond;

    public bool HasCondition => _condition is not null;

    public void Apply(RecorderCondition condition, DateTimeOffset at)
    {
        if (_condition is null || condition.State != _condition.State)
            _conditionAt = at;

        _condition = condition;
        _samples.Add(at, condition.Recording, condition.Bytes, condition.LostPackets);
    }

    /// <summary>Takes over what was measured.</summary>
    /// <param name="allBytesPerSecond">What all recorders of the volume record.</param>
    public void Measure(long? freeBytes, long allBytesPerSecond) => _figures = new WallFigures(
        Rounded(_samples.BytesPerSecond * 8), _samples.DropsLastMinute,
        _condition?.Recording is not null && freeBytes is { } free && allBytesPerSecond > 0 ? Rounded(free / allBytesPerSecond) : null);

    public WallTile Show(string node, long? freeBytes, DateTimeOffset at)
    {
        var (status, detail) = Judge(freeBytes, at);
        if (status != _status)
            (_status, _since) = (status, at);

        var tracks = _condition?.Tracks.Select(track => track.Description).ToList() ?? [];
        var isRecording = _condition?.Recording is not null;
        return TileOf(Definition, node) with
        {
            State = _condition?.State ?? RecorderState.Inactive,
            Status = status,
            Detail = string.IsNullOrEmpty(detail) ? null : detail,
            Since = _since,
            Take = _condition?.Take,
            Recording = _condition?.Recording is { } recording ? new RecordingKey(Definition.Id, recording).ToString() : null,
            Video = tracks.Find(track => track.Kind == TrackKind.Video) is { } video
                ? new WallVideo(video.Width, video.Height, Math.Round(video.FrameRate, 3), video.Codec) : null,
            Audio = tracks.Find(track => track.Kind == TrackKind.Audio) is { } audio ? new WallAudio(audio.Channels, audio.SampleRate, audio.Codec) : null,
            BitRate = isRecording ? _figures.BitRate : 0,
            DropsLastMinute = _figures.DropsLastMinute,
            SecondsLeft = isRecording ? _figures.SecondsLeft : null,
        };
    }

    /// <summary>The tile of a recorder of which nothing is known but its definition.</summary>
    public static WallTile TileOf(RecorderDefinition definition, string node) => new()
    {
        Id = definition.Id,
        Name = definition.Labels.GetValueOrDefault("name"),
        Labels = definition.Labels,
        Node = node,
        State = definition.Desired,
        Preview = definition.Preview is not null,
    };

    private (WallStatus Status, string? Detail) Judge(long? freeBytes, DateTimeOffset at)
    {
        var isDesired = Definition.Desired != RecorderState.Inactive;
        return _condition switch
        {
            null => isDesired ? (WallStatus.Waiting, "The node has not started the recorder yet.") : (WallStatus.Idle, null),
            { IsFull: true } => (WallStatus.Disk, "The volume is full; recording continues when there is space."),
            { State: not RecorderState.Inactive, HasBegun: false } early => (WallStatus.Waiting, Said(early.Detail, "The source has sent no media yet.")),
            { State: not RecorderState.Inactive, Source: SourceStatus.Lost or SourceStatus.Connecting } lost => (WallStatus.Lost, Said(lost.Detail, "The source is lost.")),
            { State: RecorderState.Paused } => (WallStatus.Paused, null),
            { State: RecorderState.Recording } => (WallStatus.Rec, null),
            { Failure: { } failure } when !isDesired => (WallStatus.Idle, $"The last recording failed: {failure}"),
            { Failure: { } failure } => (freeBytes < LeastFree ? WallStatus.Disk : WallStatus.Waiting, $"The recording failed and is started again: {failure}"),
            { Source: SourceStatus.Lost } lost when isDesired => (WallStatus.Lost, Said(lost.Detail, "The source is lost; recording is started again.")),
            _ when isDesired && at - _conditionAt >= Settling => (WallStatus.Waiting, "The recorder is to record, and does not yet."),
            { Take: not null, Source: SourceStatus.Lost } armed => (WallStatus.Idle, Said(armed.Detail, "The source is lost.")),
            _ => (WallStatus.Idle, null),
        };
    }

    private static string Said(string said, string otherwise) => said.Length > 0 ? said : otherwise;

    // To two digits: a figure that says nothing new is not sent.
    private static long Rounded(long value)
    {
        var unit = 1L;
        while (value / unit >= 100)
            unit *= 10;

        return (value + (unit / 2)) / unit * unit;
    }
}
