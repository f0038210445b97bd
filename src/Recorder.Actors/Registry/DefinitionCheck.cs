using System.Globalization;
using Recorder.Actors.Recording;
using Recorder.Contracts;

namespace Recorder.Actors.Registry;

internal static class DefinitionCheck
{
    private const int MaximumLabels = 32;
    private const int MaximumLabelLength = 200;

    /// <returns>A sentence that names the part, its value and what is allowed; null when the definition is valid.</returns>
    public static string? Find(RecorderDefinition definition, string folder) =>
        !RecorderId.TryParse(definition.Id.Value, out var id)
            ? $"'{id}' is not a valid recorder id: use 1 to 64 of A-Z a-z 0-9 . _ - and do not start with a dot."
            : CreateCheck.Find(new RecordersProtocol.Create(id, definition.Source, definition.Options, new RecordingTarget(folder)))
                ?? Preview(definition, folder)
                ?? OptionsCheck.Find(new RecorderProtocol.Start(id, definition.Timeslice))
                ?? Labels(definition.Labels)
                ?? Retention(definition.Retention)
                ?? (definition.Desired is RecorderState.Inactive or RecorderState.Recording or RecorderState.Paused
                    ? null
                    : $"Desired is {definition.Desired}; allowed is Inactive, Recording or Paused.");

    public static bool CanChangeWhileRecording(RecorderDefinition from, RecorderDefinition to) =>
        from.Source == to.Source && from.Options == to.Options;

    // What may be a source may be a preview.
    private static string? Preview(RecorderDefinition definition, string folder) =>
        definition.Preview is not { } preview ? null
            : CreateCheck.Find(new RecordersProtocol.Create(definition.Id, preview, definition.Options, new RecordingTarget(folder)));

    private static string? Labels(IReadOnlyDictionary<string, string> labels) =>
        labels.Count > MaximumLabels ? $"There are {labels.Count} labels; allowed are {MaximumLabels}."
            : labels.Keys.FirstOrDefault(name => !RecorderId.TryParse(name, out _)) is { } invalid
                ? $"'{invalid}' is not a valid label name: use 1 to 64 of A-Z a-z 0-9 . _ - and do not start with a dot."
            : labels.FirstOrDefault(label => label.Value is null || label.Value.Length > MaximumLabelLength) is { Key: { } named }
                ? $"The label {named} is longer than {MaximumLabelLength} characters, or null; shorten it or leave it out."
            : null;

    private static string? Retention(RetentionPolicy retention) =>
        retention.MaxAge <= TimeSpan.Zero ? Text("Retention.MaxAge", retention.MaxAge)
            : retention.MaxBytes <= 0 ? Text("Retention.MaxBytes", retention.MaxBytes)
            : null;

    private static string Text(string name, object? value) =>
        string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; allowed is more than 0; leave it out to keep everything.");
}
