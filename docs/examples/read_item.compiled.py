async def read_item(scope, receive, send):
    errors = None
    query = query_values(scope)
    try:
        v0 = check_0({"path": scope["path_params"], "query": query})
    except ValidationError:
        v0, errors = read_again_0(scope, errors)
    if errors is not None:
        raise request_error(errors, report, None, context, scope)
    v1 = await read_item_2(**v0)
    if isinstance(v1, Response):
        return await send_reply(returned(v1, None), scope, receive, send)
    content = untyped_json(v1)
    try:
        await send({"type": "http.response.start", "status": 200, "headers": [content_length[len(content)], content_type]})
        await send({"type": "http.response.body", "body": content})
    except BaseException:
        scope['straightway.response_started'] = True
        raise
