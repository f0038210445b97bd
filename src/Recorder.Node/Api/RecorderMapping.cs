using System.Text.Json;
using System.Text.Json.Nodes;
using Recorder.Actors.Capture;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Fleet;
using Recorder.Contracts;
using Recorder.FFmpeg;
using Recorder.Node.Http;

namespace Recorder.Node.Api;

/// <summary>Maps recorders between the API's models and the contracts, and refuses invalid definitions.</summary>
internal static class RecorderMapping
{
    // The check needs a folder; its name does not matter.
    private const string AnyFolder = "recordings";

    /// <summary>Makes a definition of a request's body.</summary>
    /// <exception cref="ProblemException">The body is not a valid definition.</exception>
    public static RecorderDefinition ToDefinition(RecorderInput input, RecorderState desired)
    {
        if (string.IsNullOrWhiteSpace(input.Source))
        {
            throw Refuse("'source' is missing; expected for example test: or rtsp://camera/stream.");
        }

        if (!SourceUri.TryParse(input.Source, out var source, out var error))
        {
            throw Refuse($"'source': {error}");
        }

        var definition = new RecorderDefinition
        {
            Id = ReadId(input.Id ?? source.SuggestedId),
            Source = input.Source,
            Options = Options(input),
            Timeslice = input.Timeslice,
            Labels = input.Labels.Where(label => label.Value is not null).ToDictionary(label => label.Key, label => label.Value!),
            Retention = new RetentionPolicy(input.Retention.MaxAge, input.Retention.MaxBytes),
            Desired = desired,
        };
        return DefinitionCheck.Find(definition, AnyFolder) is { } wrong ? throw Refuse(Named(wrong)) : definition;
    }

    /// <summary>
    /// Changes members of a definition (RFC 7396: null restores the default; labels and retention change member by member).
    /// </summary>
    /// <exception cref="ProblemException">The result is not a valid definition.</exception>
    public static RecorderDefinition Change(RecorderDefinition current, JsonElement changes)
    {
        var merged = JsonSerializer.SerializeToNode(ToInput(current), ApiJsonContext.Default.RecorderInput)!.AsObject();
        foreach (var change in changes.EnumerateObject())
        {
            if (change is { Name: "labels" or "retention", Value.ValueKind: JsonValueKind.Object })
            {
                var inner = merged[change.Name]!.AsObject();
                foreach (var member in change.Value.EnumerateObject())
                {
                    Set(inner, member);
                }
            }
            else if (change.Name == "openTimeout" || change.Value.ValueKind != JsonValueKind.Null)
            {
                merged[change.Name] = change.Value.ValueKind == JsonValueKind.Null ? null : JsonNode.Parse(change.Value.GetRawText());
            }
            else
            {
                merged.Remove(change.Name);
            }
        }

        var input = merged.Deserialize(ApiJsonContext.Default.RecorderInput)!;
        if (input.Id != current.Id.Value)
        {
            throw Refuse($"'id' cannot be changed; define another recorder, and delete '{current.Id}'.");
        }

        // A client that sends back a masked source, as it was answered, means the unchanged one.
        input.Source = input.Source == Mask(current.Source) ? current.Source : input.Source;
        return ToDefinition(input, current.Desired);
    }

    /// <summary>Reads a recorder id.</summary>
    /// <exception cref="ProblemException">The text is not a recorder id.</exception>
    public static RecorderId ReadId(string text) =>
        RecorderId.TryParse(text, out var id) ? id
            : throw Refuse($"'{text}' is not a recorder id; expected 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start.");

    public static RecorderAnswer ToAnswer(RecorderDefinition definition, RecorderProtocol.Status? status, string node)
    {
        var options = definition.Options;
        return new RecorderAnswer
        {
            Id = definition.Id,
            Source = Mask(definition.Source),
            State = status?.State ?? RecorderState.Unknown,
            Recording = status?.Recording is { } recording ? new RecordingKey(definition.Id, recording).ToString() : null,
            Node = node,
            SourceStatus = status?.Source is null or SourceStatus.Unknown ? null : status.Source,
            Duration = status?.Duration ?? TimeSpan.Zero,
            Bytes = status?.Bytes ?? 0,
            Blobs = status?.Blobs ?? 0,
            LostPackets = status?.LostPackets ?? 0,
            Desired = definition.Desired,
            MimeType = status?.MimeType is { Length: > 0 } used ? used : options.MimeType,
            AudioBitsPerSecond = options.AudioBitsPerSecond,
            VideoBitsPerSecond = options.VideoBitsPerSecond,
            BitsPerSecond = options.BitsPerSecond,
            AudioBitrateMode = options.AudioBitrateMode,
            VideoKeyFrameIntervalDuration = options.VideoKeyFrameIntervalDuration,
            VideoKeyFrameIntervalCount = options.VideoKeyFrameIntervalCount,
            MinimumTimeslice = options.MinimumTimeslice,
            OpenTimeout = options.OpenTimeout,
            LossTimeout = options.LossTimeout,
            SignalLoss = options.SignalLoss,
            FragmentDuration = options.FragmentDuration,
            ExtentDuration = options.ExtentDuration,
            ExtentBytes = options.ExtentBytes,
            MemoryLimit = options.MemoryLimit,
            Durability = options.Durability,
            PreRoll = options.PreRoll,
            PreRollBytes = options.PreRollBytes,
            Timeslice = definition.Timeslice,
            Labels = definition.Labels,
            Retention = definition.Retention,
        };
    }

    private static string Mask(string source) => SourceUri.TryParse(source, out var uri, out _) ? uri.Masked : Credentials.Mask(source);

    private static void Set(JsonObject target, JsonProperty member)
    {
        if (member.Value.ValueKind == JsonValueKind.Null)
        {
            target.Remove(member.Name);
        }
        else
        {
            target[member.Name] = JsonNode.Parse(member.Value.GetRawText());
        }
    }

    private static RecorderInput ToInput(RecorderDefinition definition)
    {
        var options = definition.Options;
        return new RecorderInput
        {
            Id = definition.Id.Value,
            Source = definition.Source,
            MimeType = options.MimeType,
            AudioBitsPerSecond = options.AudioBitsPerSecond,
            VideoBitsPerSecond = options.VideoBitsPerSecond,
            BitsPerSecond = options.BitsPerSecond,
            AudioBitrateMode = options.AudioBitrateMode,
            VideoKeyFrameIntervalDuration = options.VideoKeyFrameIntervalDuration,
            VideoKeyFrameIntervalCount = options.VideoKeyFrameIntervalCount,
            MinimumTimeslice = options.MinimumTimeslice,
            OpenTimeout = options.OpenTimeout,
            LossTimeout = options.LossTimeout,
            SignalLoss = options.SignalLoss,
            FragmentDuration = options.FragmentDuration,
            ExtentDuration = options.ExtentDuration,
            ExtentBytes = options.ExtentBytes,
            MemoryLimit = options.MemoryLimit,
            Durability = options.Durability,
            PreRoll = options.PreRoll,
            PreRollBytes = options.PreRollBytes,
            Timeslice = definition.Timeslice,
            Labels = definition.Labels.ToDictionary(label => label.Key, string? (label) => label.Value),
            Retention = new RetentionInput { MaxAge = definition.Retention.MaxAge, MaxBytes = definition.Retention.MaxBytes },
        };
    }

    private static RecorderOptions Options(RecorderInput input) =>
        new()
        {
            MimeType = input.MimeType,
            AudioBitsPerSecond = input.AudioBitsPerSecond,
            VideoBitsPerSecond = input.VideoBitsPerSecond,
            BitsPerSecond = input.BitsPerSecond,
            AudioBitrateMode = input.AudioBitrateMode,
            VideoKeyFrameIntervalDuration = input.VideoKeyFrameIntervalDuration,
            VideoKeyFrameIntervalCount = input.VideoKeyFrameIntervalCount,
            MinimumTimeslice = input.MinimumTimeslice,
            OpenTimeout = input.OpenTimeout,
            LossTimeout = input.LossTimeout,
            SignalLoss = input.SignalLoss,
            FragmentDuration = input.FragmentDuration,
            ExtentDuration = input.ExtentDuration,
            ExtentBytes = input.ExtentBytes,
            MemoryLimit = input.MemoryLimit,
            Durability = input.Durability,
            PreRoll = input.PreRoll,
            PreRollBytes = input.PreRollBytes,
        };

    /// <summary>Rewrites the name of an option at a sentence's start as JSON spells it.</summary>
    internal static string Named(string sentence) =>
        sentence.IndexOf(" is ", StringComparison.Ordinal) is > 0 and var end && char.IsAsciiLetter(sentence[0]) && !sentence.AsSpan(0, end).Contains(' ')
            ? $"'{string.Join('.', sentence[..end].Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName))}'{sentence[end..]}"
            : sentence;

    private static ProblemException Refuse(string detail) => new(Problem.NotSupported(detail));
}
