using System.Text.Json.Serialization;
using Recorder.Contracts.Json;
using Recorder.Node.Api;

namespace Recorder.Node.Wall;

/// <summary>What an operator is to see of a recorder at a glance.</summary>
internal enum WallStatus
{
    Unknown = 0,

    /// <summary>It is not to record.</summary>
    Idle = 1,

    /// <summary>It records.</summary>
    Rec = 2,

    Paused = 3,

    /// <summary>It is to record, and has no media yet.</summary>
    Waiting = 4,

    /// <summary>It is to record, and its source is lost.</summary>
    Lost = 5,

    /// <summary>It is to record, and the volume is full.</summary>
    Disk = 6,

    /// <summary>The node that has it does not answer, or no node has it.</summary>
    Away = 7,
}

/// <summary>The video of a recorder's source.</summary>
/// <param name="FrameRate">Frames per second; 0 when unknown.</param>
internal sealed record WallVideo(int Width, int Height, double FrameRate, string Codec);

/// <summary>The audio of a recorder's source.</summary>
internal sealed record WallAudio(int Channels, int SampleRate, string Codec);

/// <summary>What is measured of a recorder.</summary>
/// <param name="BitRate">Bits per second that are recorded, of two digits; 0 while nothing is.</param>
/// <param name="DropsLastMinute">Packets that should have been recorded in the last minute and were not.</param>
/// <param name="SecondsLeft">How long the volume has room for all that its node records; null while nothing is recorded.</param>
internal readonly record struct WallFigures(long BitRate, long DropsLastMinute, long? SecondsLeft);

/// <summary>A recorder on the wall. Members that are null are left out.</summary>
internal sealed record WallTile
{
    public required RecorderId Id { get; init; }

    /// <summary>The value of its label <c>name</c>.</summary>
    public string? Name { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>The node that has it; "" for none.</summary>
    public required string Node { get; init; }

    public RecorderState State { get; init; }

    public WallStatus Status { get; init; }

    /// <summary>A sentence that says more; null where there is nothing to say.</summary>
    public string? Detail { get; init; }

    /// <summary>Since when it has the status.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>The take that its recording belongs to, or that it is armed for.</summary>
    public TakeId? Take { get; init; }

    /// <summary>The key of the recording under way.</summary>
    public string? Recording { get; init; }

    /// <summary>Whether it has a second source as preview.</summary>
    public bool Preview { get; init; }

    public WallVideo? Video { get; init; }

    public WallAudio? Audio { get; init; }

    public long BitRate { get; init; }

    public long DropsLastMinute { get; init; }

    public long? SecondsLeft { get; init; }
}

/// <summary>Event <c>wall</c>: all tiles that a viewer may see and asked for.</summary>
internal sealed record WallPage(DateTimeOffset Time, IReadOnlyList<WallTile> Tiles);

/// <summary>Event <c>tiles</c>: tiles that have changed, and recorders that are gone.</summary>
internal sealed record WallChanges(IReadOnlyList<WallTile> Tiles, IReadOnlyList<RecorderId> Gone);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    Converters =
    [
        typeof(UtcTimeConverter),
        typeof(RecorderIdConverter),
        typeof(TakeIdConverter),
        typeof(CamelCaseEnumConverter<RecorderState>),
        typeof(CamelCaseEnumConverter<WallStatus>),
    ])]
[JsonSerializable(typeof(WallPage))]
[JsonSerializable(typeof(WallChanges))]
[JsonSerializable(typeof(LiveWishInput))]
[JsonSerializable(typeof(LiveHeader))]
[JsonSerializable(typeof(LiveClockNotice))]
[JsonSerializable(typeof(LiveEnded))]
[JsonSerializable(typeof(LiveLevels))]
[JsonSerializable(typeof(LiveProblem))]
internal sealed partial class WallJsonContext : JsonSerializerContext;

/// <summary>The JSON of the wall, as the API writes it: text is never embedded in HTML.</summary>
internal static class WallJson
{
    public static WallJsonContext Plain { get; } = new(new JsonSerializerOptions(WallJsonContext.Default.Options) { Encoder = ApiJson.Options.Encoder });
}
