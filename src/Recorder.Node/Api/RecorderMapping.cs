using Recorder.Actors.Capture;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Registry;

namespace Recorder.Node.Api;

/// <summary>Maps between the API's models of a recorder and its definition. An invalid definition is refused here.</summary>
internal static class RecorderMapping
{
    // The check needs a folder, but accepts every folder.
    private const string AnyFolder = "recordings";

    public static RecorderDefinition ToDefinition(RecorderInput input, RecorderState desired)
    {
        if (string.IsNullOrWhiteSpace(input.Source))
            throw Refuse("'source' is missing; expected for example test: or rtsp://camera/stream.");

        if (!SourceUri.TryParse(input.Source, out var source, out var error))
            throw Refuse($"'source': {error}");

        if (input.Preview is { } preview && !SourceUri.TryParse(preview, out _, out var wrongPreview))
            throw Refuse($"'preview': {wrongPreview}");

        var definition = new RecorderDefinition
        {
            Id = ReadId(input.Id ?? source.SuggestedId),
            Source = input.Source,
            Preview = input.Preview,
            Options = input.Options,
            Timeslice = input.Timeslice,
            Labels = input.Labels.Where(label => label.Value is not null).ToDictionary(label => label.Key, label => label.Value!),
            Retention = new RetentionPolicy(input.Retention.MaxAge, input.Retention.MaxBytes),
            Desired = desired,
        };
        return DefinitionCheck.Find(definition, AnyFolder) is { } wrong ? throw Refuse(Named(wrong)) : definition;
    }

    /// <summary>Changes some members of a definition (JSON merge patch, RFC 7396): null resets a member to its default, and
    /// labels and retention are merged member by member.</summary>
    public static RecorderDefinition Change(RecorderDefinition current, JsonElement changes)
    {
        var merged = JsonSerializer.SerializeToNode(ToInput(current), ApiJson.RecorderInput)!.AsObject();
        foreach (var change in changes.EnumerateObject())
        {
            if (change is { Name: "labels" or "retention", Value.ValueKind: JsonValueKind.Object })
            {
                var inner = merged[change.Name]!.AsObject();
                foreach (var member in change.Value.EnumerateObject())
                    Set(inner, member);
            }
            else
            {
                Set(merged, change, InlineOptions.IsNullAValue(change.Name));
            }
        }

        var input = merged.Deserialize(ApiJson.RecorderInput)!;
        if (input.Id != current.Id.Value)
            throw Refuse($"'id' cannot be changed; define another recorder, and delete '{current.Id}'.");

        // A client that sends an answer back sends the masked source, and does not want to change it.
        input.Source = input.Source == Mask(current.Source) ? current.Source : input.Source;
        input.Preview = current.Preview is { } preview && input.Preview == Mask(preview) ? preview : input.Preview;
        return ToDefinition(input, current.Desired);
    }

    public static RecorderId ReadId(string text) =>
        RecorderId.TryParse(text, out var id) ? id
            : throw Refuse($"'{text}' is not a recorder id; expected 1 to 64 of A-Z a-z 0-9 . _ - and no dot at the start.");

    public static RecorderAnswer ToAnswer(RecorderDefinition definition, RecorderProtocol.Status? status, string node, bool isChangePending = false) =>
        ToAnswer(definition, status, node, status?.State ?? RecorderState.Unknown, isChangePending, isSilent: false);

    /// <summary>A recorder of which its node has told nothing: it is as it was registered.</summary>
    /// <param name="isSilent">Whether that is because the node does not answer.</param>
    public static RecorderAnswer ToUnanswered(RecorderDefinition definition, string node, bool isSilent) =>
        ToAnswer(definition, status: null, node, definition.Desired, isChangePending: false, isSilent);

    private static RecorderAnswer ToAnswer(
        RecorderDefinition definition, RecorderProtocol.Status? status, string node, RecorderState state, bool isChangePending, bool isSilent)
    {
        var options = definition.Options;
        return new RecorderAnswer
        {
            Id = definition.Id,
            Source = Mask(definition.Source),
            Preview = definition.Preview is { } preview ? Mask(preview) : null,
            State = state,
            NodeAnswers = isSilent ? false : null,
            ChangePending = isChangePending ? true : null,
            Recording = status?.Recording is { } recording ? new RecordingKey(definition.Id, recording).ToString() : null,
            Node = node,
            SourceStatus = status?.Source is null or SourceStatus.Unknown ? null : status.Source,
            Duration = status?.Duration ?? TimeSpan.Zero,
            Bytes = status?.Bytes ?? 0,
            Blobs = status?.Blobs ?? 0,
            LostPackets = status?.LostPackets ?? 0,
            Desired = definition.Desired,
            MimeType = status?.MimeType is { Length: > 0 } used ? used : options.MimeType,
            Options = options,
            Timeslice = definition.Timeslice,
            Labels = definition.Labels,
            Retention = definition.Retention,
        };
    }

    private static string Mask(string source) =>
        SourceUri.TryParse(source, out var uri, out _) ? uri.Masked : Credentials.Mask(source);

    private static void Set(JsonObject target, JsonProperty member, bool isNullAValue = false)
    {
        if (member.Value.ValueKind == JsonValueKind.Null && !isNullAValue)
            target.Remove(member.Name);
        else
            target[member.Name] = JsonNode.Parse(member.Value.GetRawText());
    }

    private static RecorderInput ToInput(RecorderDefinition definition) => new()
    {
        Id = definition.Id.Value,
        Source = definition.Source,
        Preview = definition.Preview,
        Options = definition.Options,
        Timeslice = definition.Timeslice,
        Labels = definition.Labels.ToDictionary(label => label.Key, string? (label) => label.Value),
        Retention = new RetentionInput { MaxAge = definition.Retention.MaxAge, MaxBytes = definition.Retention.MaxBytes },
    };

    /// <summary>Spells the name of an option at the beginning of a sentence as JSON does.</summary>
    internal static string Named(string sentence) =>
        sentence.IndexOf(" is ", StringComparison.Ordinal) is > 0 and var end && char.IsAsciiLetter(sentence[0]) && !sentence.AsSpan(0, end).Contains(' ')
            ? $"'{string.Join('.', sentence[..end].Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName))}'{sentence[end..]}"
            : sentence;

    private static ProblemException Refuse(string detail) => new(Problem.NotSupported(detail));
}
