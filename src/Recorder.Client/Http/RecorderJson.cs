using System.Globalization;
using System.Text.Json.Nodes;
using Recorder.Contracts;
using Recorder.Contracts.Json;
using static Recorder.Contracts.RecorderProtocol;
using Status = Recorder.Contracts.RecorderProtocol.Status;

namespace Recorder.Client;

/// <summary>Maps between the contract's messages and the API's JSON, in which a recorder's options are members of the recorder.</summary>
internal static class RecorderJson
{
    /// <summary>The body that defines a recorder. Every member is stated, so that the API's own defaults do not apply.</summary>
    public static JsonObject OfDefinition(RecorderDefinition definition)
    {
        var members = JsonNode.Parse(ProtocolJson.Write(definition))!.AsObject();
        var options = members["options"]!.AsObject();
        members.Remove("options");
        members.Remove("desired");
        foreach (var (name, value) in options.Where(option => option.Key != "extentStagger"))
            members[name] = value?.DeepClone();

        return members;
    }

    /// <summary>The merge patch (RFC 7396) from one definition to another: only what differs, so that it undoes no other change.</summary>
    public static JsonObject Difference(JsonObject before, JsonObject after)
    {
        var patch = new JsonObject();
        foreach (var (name, value) in after)
        {
            if (value is JsonObject inner && before[name] is JsonObject innerBefore)
            {
                if (Difference(innerBefore, inner) is { Count: > 0 } changes)
                    patch[name] = changes;
            }
            else if (!JsonNode.DeepEquals(value, before[name]))
            {
                patch[name] = value?.DeepClone();
            }
        }

        foreach (var (name, _) in before.Where(member => !after.ContainsKey(member.Key)))
            patch[name] = null;

        return patch;
    }

    public static DefinedRecorder ReadRecorder(JsonNode answer)
    {
        var members = answer.AsObject();
        members["options"] = members.DeepClone();
        var definition = ProtocolJson.Read<RecorderDefinition>(members.ToJsonString());
        return new DefinedRecorder(definition, ReadStatus(answer), (string?)members["node"] ?? "");
    }

    public static Status ReadStatus(JsonNode answer)
    {
        var members = new JsonObject { ["recorder"] = answer["id"]?.DeepClone() };
        foreach (var name in new[] { "state", "mimeType", "duration", "bytes", "blobs", "lostPackets", "videoBitsPerSecond", "audioBitsPerSecond", "audioBitrateMode" })
        {
            if (answer[name] is { } value)
                members[name] = value.DeepClone();
        }

        if (answer["sourceStatus"] is { } source)
            members["source"] = source.DeepClone();

        if ((string?)answer["recording"] is { } key && key.IndexOf('~', StringComparison.Ordinal) is > 0 and var at)
            members["recording"] = key[(at + 1)..];

        return ProtocolJson.Read<Status>(members.ToJsonString());
    }

    public static RecorderState ReadState(JsonNode? answer) =>
        Enum.TryParse<RecorderState>((string?)answer?["state"], ignoreCase: true, out var state) ? state : RecorderState.Unknown;

    public static string PathOf(RecorderId recorder) => $"/v1/recorders/{Uri.EscapeDataString(recorder.Value ?? "")}";

    public static string PathOf(ICommand command) => $"{PathOf(command.Recorder)}:{VerbOf(command)}";

    public static JsonObject BodyOf(ICommand command)
    {
        var body = new JsonObject();
        switch (command)
        {
            case Start start:
                // Without a timeslice the definition's applies, as in the process.
                Add("timeslice", start.Timeslice);
                Add("duration", start.Duration);
                Add("preRoll", start.PreRoll);
                break;
            case Mark mark:
                body["label"] = mark.Label;
                break;
            default:
                break;
        }

        return body;

        void Add(string name, TimeSpan? time)
        {
            if (time is { } span)
                body[name] = span.TotalMilliseconds;
        }
    }

    public static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);

    private static string VerbOf(ICommand command) => command switch
    {
        Start => "start",
        Stop => "stop",
        Pause => "pause",
        Resume => "resume",
        RequestData => "requestData",
        Split => "split",
        Mark => "mark",
        _ => throw new ArgumentException($"{command.GetType().Name} is not a command of the HTTP API.", nameof(command)),
    };
}
