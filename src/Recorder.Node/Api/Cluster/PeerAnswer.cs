using Recorder.Actors.Registry;
using Recorder.Contracts.Json;

namespace Recorder.Node.Api;

/// <summary>A command between two nodes, and what its recorder answered, in the JSON of the contracts: nothing of a message is lost on the way.</summary>
internal static class PeerAnswer
{
    /// <summary>Takes the commands of the other nodes for recorders that this one holds.</summary>
    public const string Path = "/v1/nodes/self/commands";

    /// <summary>Says which message the body is.</summary>
    public const string KindHeader = "Recorder-Answer";

    /// <summary>Writes an answer.</summary>
    /// <returns>Null for one that says that the recorder is not here any more.</returns>
    public static (string Kind, string Json)? Write(object answer) => answer switch
    {
        RecorderProtocol.Accepted accepted => (nameof(RecorderProtocol.Accepted), ProtocolJson.Write(accepted)),
        RecorderProtocol.Refused refused => (nameof(RecorderProtocol.Refused), ProtocolJson.Write(refused)),
        RecorderProtocol.Status status => (nameof(RecorderProtocol.Status), ProtocolJson.Write(status)),
        RecorderProtocol.Armed armed => (nameof(RecorderProtocol.Armed), ProtocolJson.Write(armed)),
        RegistryProtocol.NotDefined => (nameof(RegistryProtocol.NotDefined), ""),
        _ => null,
    };

    /// <exception cref="JsonException">This version does not know the answer.</exception>
    public static object Read(RecorderId recorder, string kind, string json) => kind switch
    {
        nameof(RecorderProtocol.Accepted) => ProtocolJson.Read<RecorderProtocol.Accepted>(json),
        nameof(RecorderProtocol.Refused) => ProtocolJson.Read<RecorderProtocol.Refused>(json),
        nameof(RecorderProtocol.Status) => ProtocolJson.Read<RecorderProtocol.Status>(json),
        nameof(RecorderProtocol.Armed) => ProtocolJson.Read<RecorderProtocol.Armed>(json),
        nameof(RegistryProtocol.NotDefined) => new RegistryProtocol.NotDefined(recorder),
        _ => throw new JsonException($"'{kind}' is no answer of a recorder that this version knows."),
    };
}
