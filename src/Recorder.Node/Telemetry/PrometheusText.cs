using System.Diagnostics.Metrics;
using System.Text;

namespace Recorder.Node.Telemetry;

/// <summary>Writes a meter's observable instruments in Prometheus' text format 0.0.4, under their own names.</summary>
internal static class PrometheusText
{
    public static string Write(Meter meter)
    {
        var instruments = new List<StringBuilder>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (ReferenceEquals(instrument.Meter, meter) && instrument.IsObservable)
            {
                var type = instrument is ObservableCounter<double> ? "counter" : "gauge";
                instruments.Add(new StringBuilder($"# HELP {instrument.Name} {instrument.Description}\n# TYPE {instrument.Name} {type}\n"));
                listening.EnableMeasurementEvents(instrument, instruments[^1]);
            }
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, labels, text) =>
            Append((StringBuilder)text!, instrument.Name, value, labels));
        listener.Start();
        listener.RecordObservableInstruments();
        return string.Concat(instruments);
    }

    private static void Append(StringBuilder text, string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        text.Append(name);
        for (var i = 0; i < labels.Length; i++)
            text.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? '{' : ',')}{labels[i].Key}=\"{Escape($"{labels[i].Value}")}\"");

        text.Append(CultureInfo.InvariantCulture, $"{(labels.IsEmpty ? "" : "}")} {value}\n");
    }

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
