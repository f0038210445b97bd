using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using Recorder.Contracts.Json;

namespace Recorder.Node.Api;

/// <summary>In the JSON of a type with <see cref="RecorderOptions"/> each option is a member of the object itself.</summary>
internal static class InlineOptions
{
    // A node decides by itself whether the files of its recorders are staggered.
    private static readonly string[] NotInTheApi = [nameof(RecorderOptions.ExtentStagger)];

    /// <summary>Replaces the options by a property for each, except for those that the type declares itself.</summary>
    public static void Apply(JsonTypeInfo type)
    {
        OptionsContract.KeepDefaults(type);
        if (type.Properties.FirstOrDefault(property => property.PropertyType == typeof(RecorderOptions)) is not { } container)
            return;

        var position = type.Properties.IndexOf(container);
        type.Properties.RemoveAt(position);
        var own = type.Properties.Select(property => property.Name).ToHashSet();
        foreach (var option in type.Options.GetTypeInfo(typeof(RecorderOptions)).Properties)
        {
            if (IsInTheApi(option) && !own.Contains(option.Name))
                type.Properties.Insert(position++, Inline(type, container, option));
        }
    }

    /// <summary>Whether an option has a default but can be null: null is then a value, which is written and can be set.</summary>
    public static bool IsNullAValue(string property) =>
        typeof(RecorderOptions).GetProperty(property, BindingFlags.IgnoreCase | BindingFlags.Public | BindingFlags.Instance) is { } option
        && Nullable.GetUnderlyingType(option.PropertyType) is not null
        && option.GetValue(new RecorderOptions()) is not null;

    private static bool IsInTheApi(JsonPropertyInfo option) =>
        !NotInTheApi.Contains(((PropertyInfo)option.AttributeProvider!).Name);

    private static JsonPropertyInfo Inline(JsonTypeInfo type, JsonPropertyInfo container, JsonPropertyInfo option)
    {
        var inlined = type.CreateJsonPropertyInfo(option.PropertyType, option.Name);
        inlined.AttributeProvider = option.AttributeProvider;
        inlined.IsGetNullable = option.IsGetNullable;
        inlined.IsSetNullable = option.IsSetNullable;
        inlined.Get = recorder => option.Get!(container.Get!(recorder)!);
        inlined.Set = (recorder, value) => option.Set!(container.Get!(recorder)!, value);
        var isNullAValue = IsNullAValue(option.Name);
        inlined.ShouldSerialize = (_, value) => value is not null || isNullAValue;
        return inlined;
    }
}
