using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Recorder.Node.Api;

/// <summary>The OpenAPI 3.1 document, made from the metadata of the endpoints.</summary>
internal static class OpenApiDocumentation
{
    private const string Document = "v1";
    private const string Key = "key";

    private static readonly Dictionary<string, string> PathParameters = new(StringComparer.Ordinal)
    {
        ["id"] = "The recorder.",
        ["key"] = "The recording: RECORDER~RECORDING.",
        ["seq"] = "The blob's number, from 1.",
        ["number"] = "The file's number, from 1.",
        ["name"] = "The stream's name.",
    };

    public static void AddOpenApiDocument(this IServiceCollection services) =>
        services.AddOpenApi(Document, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.AddDocumentTransformer((document, _, _) =>
            {
                document.Info = new OpenApiInfo
                {
                    Title = "Recorder",
                    Version = Document,
                    Description = "Recorders after W3C MediaStream Recording, what they recorded, and their events. Durations are milliseconds, "
                        + "times RFC 3339 in UTC, refusals application/problem+json with the DOM's name of the error.",
                };
                document.Servers?.Clear();
                document.Components ??= new OpenApiComponents();
                document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
                {
                    [Key] = new OpenApiSecurityScheme
                    {
                        Type = SecuritySchemeType.Http,
                        Scheme = "bearer",
                        Description = "An API key (`recorder keys add`). No key is needed if the node has no keys and listens only on loopback.",
                    },
                };
                document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Key, document)] = [] }];
                return Task.CompletedTask;
            });
            options.AddOperationTransformer(CompleteAsync);
            options.AddSchemaTransformer(CompleteSchemaAsync);
        });

    public static void MapOpenApiDocument(this IEndpointRouteBuilder routes) => routes.MapOpenApi().AllowAnonymous();

    private static async Task CompleteAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (context.Description.HttpMethod == "HEAD")
            operation.OperationId += "Head";

        operation.Parameters ??= [];
        foreach (var parameter in operation.Parameters.OfType<OpenApiParameter>())
            parameter.Description ??= PathParameters.GetValueOrDefault(parameter.Name ?? "");

        foreach (var parameter in metadata.OfType<KnownQuery>().SelectMany(known => known.Parameters))
            operation.Parameters.Add(ParameterOf(parameter));

        foreach (var header in metadata.OfType<IdempotencyMetadata>().Select(_ => Idempotency.Parameter).Concat(metadata.OfType<OpenApiParameter>()))
            operation.Parameters.Add(header);

        if (metadata.OfType<BodyMetadata>().FirstOrDefault() is { } body)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = body.IsRequired,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/json"] = new() { Schema = await ReferenceAsync(body.Type) },
                },
            };
        }

        operation.Responses ??= [];
        if (metadata.OfType<IAllowAnonymous>().Any())
        {
            operation.Security = [];
        }
        else
        {
            // The answers of authentication and authorization.
            foreach (var status in new[] { "401", "403", "429" })
                operation.Responses[status] = await RefusalAsync();
        }

        foreach (var (status, response) in operation.Responses)
            response.Description = Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(int.Parse(status, null));

        operation.Responses["default"] = await RefusalAsync();
        operation.Responses["default"].Description = "Any other error.";

        async Task<OpenApiResponse> RefusalAsync() => new()
        {
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [Problem.MediaType] = new() { Schema = await ReferenceAsync(typeof(Problem)) },
            },
        };

        // A schema that operations share is in the document once.
        async Task<OpenApiSchemaReference> ReferenceAsync(Type type)
        {
            var document = context.Document!;
            document.Components ??= new OpenApiComponents();
            document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
            if (!document.Components.Schemas.ContainsKey(type.Name))
                document.Components.Schemas[type.Name] = await context.GetOrCreateSchemaAsync(type, null, cancellationToken);

            return new OpenApiSchemaReference(type.Name, document);
        }
    }

    private static OpenApiParameter ParameterOf(QueryParameter parameter)
    {
        var schema = new OpenApiSchema
        {
            Type = Enum.Parse<JsonSchemaType>(parameter.Type, ignoreCase: true),
            Format = parameter.Format,
        };
        return new OpenApiParameter
        {
            Name = parameter.Name,
            In = ParameterLocation.Query,
            Description = parameter.Description,
            Schema = parameter.IsRepeatable ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = schema } : schema,
            Explode = parameter.IsRepeatable,
        };
    }

    // The generator does not know what our converters write.
    private static Task CompleteSchemaAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        var inner = Nullable.GetUnderlyingType(type) ?? type;
        if (inner == typeof(TimeSpan))
        {
            (schema.Type, schema.Pattern) = (TypeOf(JsonSchemaType.Number), null);
            schema.Description ??= "Milliseconds.";
        }
        else if (inner == typeof(DateTimeOffset))
        {
            schema.Type = TypeOf(JsonSchemaType.String);
        }
        else if (inner == typeof(RecorderId) || inner == typeof(RecordingId))
        {
            (schema.Type, schema.Pattern) = (TypeOf(JsonSchemaType.String), "^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$");
        }
        else if (inner.IsEnum)
        {
            schema.Type = TypeOf(JsonSchemaType.String);
            schema.Enum = [.. Enum.GetNames(inner).Skip(inner == typeof(RecorderState) ? 0 : 1).Select(
                name => (JsonNode)JsonNamingPolicy.CamelCase.ConvertName(name))];
        }

        return Task.CompletedTask;

        JsonSchemaType TypeOf(JsonSchemaType plain) => inner == type ? plain : plain | JsonSchemaType.Null;
    }
}
