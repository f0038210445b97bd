using Akka.Cluster.Sharding;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Placement;
using Recorder.Contracts;

namespace Recorder.Cluster.ControlPlane;

/// <summary>
/// How a recorder's entity and shard are called. The place is part of both, so that an entity that runs where its recorder's place no longer is ends, and
/// another one starts.
/// </summary>
internal sealed class RecorderEntities : IMessageExtractor
{
    public const string TypeName = "recorder";

    private const char Separator = '|';

    public static string IdOf(WantedRecorder recorder) => $"{recorder.Place}{Separator}{recorder.Id}";

    public static (string Place, RecorderId Recorder) Parse(string entityId)
    {
        var end = entityId.LastIndexOf(Separator);
        return (entityId[..end], new RecorderId(entityId[(end + 1)..]));
    }

    public static ShardName ShardOf(string entityId)
    {
        var (place, recorder) = Parse(entityId);
        return ShardName.Of(recorder.Value, place);
    }

    // Sharding itself reads its StartEntity and its envelope, and nothing else is sent to an entity.
    public string? EntityId(object message) => null;

    public object? EntityMessage(object message) => message;

    public string? ShardId(object message) => null;

    public string ShardId(string entityId, object? messageHint = null) => ShardOf(entityId).ToString();
}
